import { basename, dirname, join } from "node:path";
import { isAppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";
import { ExtraFiles } from "../restore/extra_files.ts";
import { CONFIG_FILE } from "../restore/reserved_paths.ts";
import { isOsError, pathFault } from "../storage/os_error.ts";
import { isSystemFolder } from "../storage/system_folder.ts";
import { walk, type WalkedFile, type WalkOptions } from "../storage/walk.ts";
import { FileTable } from "./file_table.ts";
import type { LeftOut } from "./types.ts";

/** The files of one part, and what else is there, by the names that it would have in an archive. */
export interface FileList {
  readonly files: FileTable;
  /** Symbolic links: named, never followed. */
  readonly symlinks: readonly string[];
  /** Pipes, sockets and devices, which hold nothing. */
  readonly specials: readonly string[];
  /** What could not be listed. */
  readonly leftOut: readonly LeftOut[];
  /** Paths of the configuration at which there is nothing. */
  readonly absent: readonly string[];
}

/**
 * Lists every regular file under the covers folder; an absent folder is an empty list.
 *
 * What cannot be listed costs itself only. Whether a name can be carried is for the archive's writer to say.
 */
export async function listCovers(folder: string, signal?: AbortSignal): Promise<FileList> {
  return await listFolder(folder, "covers", signal);
}

/** Tells whether {@linkcode listCovers} would list any; stops at the first. */
export async function hasCovers(folder: string, signal?: AbortSignal): Promise<boolean> {
  const options = { onUnreadable: () => {}, ...signal === undefined ? {} : { signal } };
  for await (const { kind } of visit(folder, options)) if (kind === "file") return true;
  return false;
}

/** Lists the migration scripts, `*.py` in the migrations folder. */
export async function listMigrations(folder: string, signal?: AbortSignal): Promise<FileList> {
  const list = await listFolder(folder, "database/alembic/versions", signal);
  const isScript = (path: string) => path.endsWith(".py") || path.endsWith("/");
  const files = new FileTable();
  files.addAll(list.files, ({ entry }) => isScript(entry));
  return {
    files,
    symlinks: list.symlinks.filter(isScript),
    specials: [],
    leftOut: list.leftOut.filter(({ path }) => isScript(path)),
    absent: [],
  };
}

/**
 * Lists the config part: the config file, the other YAML and JSON files of its folder unless that is the
 * library root itself, and `.env.example` of the root.
 */
export async function listConfigFiles(config: Config): Promise<FileList> {
  const list = new Listing("config");
  if (config.path !== null) {
    const own = basename(config.path);
    const skip = (name: string, isFolder: boolean) =>
      isFolder || name === own || !CONFIG_FILE.test(name);
    const folder = dirname(config.path);
    // First: of two names that cannot both be carried, the first is.
    await list.addFile(config.path, own);
    if (folder !== config.root) await list.addFolder(folder, { skip });
  }
  await list.addFile(join(config.root, ".env.example"), ".env.example");
  return list.finish();
}

/** Lists what `backup.extra_paths` names, under `extra/` and its path from the library root. */
export async function listExtraFiles(config: Config, signal?: AbortSignal): Promise<FileList> {
  const extra = await ExtraFiles.find(config);
  const list = new Listing("extra");
  for (const folder of extra.folders) {
    const base = { folder: folder.root, under: folder.under };
    await list.add(base, (own) => extra.walkToSave(folder, { ...own, ...signal && { signal } }));
  }
  const found = list.finish();
  const named = new Set<string>();
  for (const { entry } of found.files) {
    for (const text of extra.patterns.whichName(entry.slice("extra/".length))) named.add(text);
  }
  return { ...found, absent: extra.patterns.texts.filter((text) => !named.has(text)) };
}

/** Tells whether {@linkcode listExtraFiles} would list any; stops at the first. */
export async function hasExtraFiles(config: Config, signal?: AbortSignal): Promise<boolean> {
  const extra = await ExtraFiles.find(config);
  const options = { onUnreadable: () => {}, ...signal && { signal } };
  for (const folder of extra.folders) {
    for await (const { kind } of extra.walkToSave(folder, options)) {
      if (kind === "file") return true;
    }
  }
  return false;
}

async function listFolder(folder: string, prefix: string, signal?: AbortSignal): Promise<FileList> {
  const list = new Listing(prefix);
  await list.addFolder(folder, signal === undefined ? {} : { signal });
  return list.finish();
}

/** Goes through a folder of the library; an absent one is empty, and one that cannot be listed is left out. */
async function* visit(folder: string, options: WalkOptions): AsyncGenerator<WalkedFile> {
  try {
    yield* walk(folder, { skip: isSystemFolder, ...options });
  } catch (error) {
    if (isAppError(error, "storage.missing")) return;
    const reason = pathFault(error);
    if (reason === null) throw error;
    options.onUnreadable?.("", reason);
  }
}

/** A {@linkcode FileList} that is being made. */
class Listing {
  readonly #prefix: string;
  readonly #files = new FileTable();
  readonly #symlinks: string[] = [];
  readonly #specials: string[] = [];
  readonly #leftOut: LeftOut[] = [];

  /** @param prefix Goes before each name, with a `/` between them. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  async addFolder(folder: string, options: Omit<WalkOptions, "onUnreadable">): Promise<void> {
    await this.add({ folder, under: "" }, (own) => visit(folder, { ...options, ...own }));
  }

  /**
   * Adds what a walk through a folder visits.
   *
   * @param place The folder, and what stands for it behind the prefix.
   */
  async add(
    { folder, under }: { folder: string; under: string },
    walk: (options: Pick<WalkOptions, "onUnreadable">) => AsyncIterable<WalkedFile>,
  ): Promise<void> {
    const within = (name: string) => under === "" ? name : `${under}/${name}`;
    const onUnreadable = (name: string, reason: string) => this.#leaveOut(within(name), reason);
    const base = { folder, prefix: under === "" ? this.#prefix : `${this.#prefix}/${under}` };
    for await (const found of walk({ onUnreadable })) {
      const { kind, relativePath: name, sizeBytes, modifiedAt, mode } = found;
      if (kind === "symlink") this.#symlinks.push(`${base.prefix}/${name}`);
      else if (kind === "other") this.#specials.push(`${base.prefix}/${name}`);
      else this.#files.add(base, { name, sizeBytes, modifiedAt, mode });
    }
  }

  /** Adds the file at a path, through a link too. @returns `false` when there is none. */
  async addFile(path: string, name: string): Promise<boolean> {
    try {
      const info = await Deno.stat(path);
      if (!info.isFile) return false;
      const base = { folder: dirname(path), prefix: dirname(`${this.#prefix}/${name}`) };
      this.#files.add(base, {
        name: basename(path),
        sizeBytes: info.size,
        modifiedAt: info.mtime?.getTime() ?? 0,
        mode: (info.mode ?? 0o600) & 0o7777,
      });
    } catch (error) {
      if (isOsError(error, "ENOENT")) return false;
      const reason = pathFault(error);
      if (reason === null) throw error;
      this.#leaveOut(name, reason);
    }
    return true;
  }

  #leaveOut(name: string, reason: string): void {
    this.#leftOut.push({ path: `${this.#prefix}/${name}`, reason });
  }

  finish(): FileList {
    return {
      files: this.#files,
      symlinks: this.#symlinks,
      specials: this.#specials,
      leftOut: this.#leftOut,
      absent: [],
    };
  }
}
