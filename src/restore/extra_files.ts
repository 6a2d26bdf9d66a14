import { dirname, join, relative, sep } from "node:path";
import { isAppError } from "../base/errors.ts";
import { realPath } from "../base/real_path.ts";
import type { Config } from "../config/types.ts";
import { pathFault } from "../storage/os_error.ts";
import { PathPatterns, plainStart } from "../storage/path_patterns.ts";
import { isSystemFolder } from "../storage/system_folder.ts";
import { walk, type WalkedFile, type WalkOptions } from "../storage/walk.ts";
import { exists } from "./staging.ts";
import { type ReservedFor, ReservedPaths } from "./reserved_paths.ts";

/** A folder that leads to extra files. */
export interface ExtraFolder {
  /** From the library root; empty for the root. */
  readonly under: string;
  /** The same on disk, links resolved as far as it is there. */
  readonly root: string;
  readonly isThere: boolean;
}

/**
 * The extra files of a library: what `backup.extra_paths` names and belongs to no other part. Their names are paths
 * from the library root, as under `extra/` in an archive.
 *
 * A path of the configuration may lead through symbolic links, as that of the covers may; below it they are reported
 * and never followed.
 */
export class ExtraFiles {
  readonly patterns: PathPatterns;
  /** Those that a path of the configuration is or lies in; one may lie in another. */
  readonly folders: readonly ExtraFolder[];
  readonly #reserved: ReservedPaths;

  private constructor(
    patterns: PathPatterns,
    folders: readonly ExtraFolder[],
    reserved: ReservedPaths,
  ) {
    this.patterns = patterns;
    this.folders = folders;
    this.#reserved = reserved;
  }

  /**
   * Looks at what the configuration names.
   *
   * @param wanted Names of files that are to be there: they tell a folder from a file where neither is there yet, or
   * where the other one is.
   */
  static async find(config: Config, wanted: readonly string[] = []): Promise<ExtraFiles> {
    const root = await realPath(config.root);
    const patterns = extraPatterns(config);
    const folders = new Map<string, ExtraFolder>();
    for (const text of patterns.texts) {
      const under = await leadingFolder(text, config.root, wanted);
      const path = await realPath(join(config.root, under));
      const isInside = path === root || path.startsWith(`${root}${sep}`);
      if (isInside) folders.set(under, { under, root: path, isThere: await isFolder(path) });
    }
    return new ExtraFiles(patterns, [...folders.values()], await ReservedPaths.find(config));
  }

  /** Tells whether this library has a place for a file of that name. */
  has(name: string): boolean {
    return this.patterns.has(name) && !this.isReserved(name);
  }

  /** Tells whether the place of a file of that name belongs to another part, or to us. */
  isReserved(name: string, whose: ReservedFor = "any"): boolean {
    const path = this.#pathOf(name);
    return path === null || this.#reserved.has(path, whose);
  }

  /** The folder from which a file is reached: of several, the last on the way to it. */
  folderFor(name: string): ExtraFolder | null {
    let best: ExtraFolder | null = null;
    for (const folder of this.folders) {
      const { under } = folder;
      const leads = under === "" || name.startsWith(`${under}/`);
      if (leads && (best === null || under.length > best.under.length)) best = folder;
    }
    return best;
  }

  /** Tells whether a folder holds extra files, or leads to some. */
  mayHold(name: string): boolean {
    return this.patterns.mayHold(name) && !this.#isReservedFolder(name);
  }

  /** Visits every extra file and symbolic link, each once. What is told of is named as files are. */
  async *walk({ signal, onUnreadable }: Omit<WalkOptions, "skip">): AsyncGenerator<WalkedFile> {
    for (const folder of this.folders) {
      const nameOf = (path: string) => folder.under === "" ? path : `${folder.under}/${path}`;
      const walked = this.#walk(folder, {
        skip: (name, isFolder) => isFolder ? !this.mayHold(name) : !this.has(name),
        ...signal && { signal },
        ...onUnreadable && {
          onUnreadable: (path: string, reason: string) => onUnreadable(nameOf(path), reason),
        },
      });
      for await (const file of walked) {
        yield { ...file, relativePath: nameOf(file.relativePath) };
      }
    }
  }

  /**
   * Visits what is to be saved of one of {@linkcode ExtraFiles.folders}, by paths from there: extra files, and what is named
   * without a wildcard although it belongs to another part. Whoever names it wants it saved; it is not restored from here.
   */
  walkToSave(
    folder: ExtraFolder,
    options: Omit<WalkOptions, "skip">,
  ): AsyncGenerator<WalkedFile> {
    const plain = new PathPatterns(this.patterns.texts.filter((text) => plainStart(text) === text));
    return this.#walk(folder, {
      ...options,
      skip: (name, isFolder) =>
        isFolder
          ? !this.mayHold(name) && !(plain.mayHold(name) && !this.#isReservedFolder(name, "us"))
          : !this.has(name) && !(plain.has(name) && !this.isReserved(name, "us")),
    });
  }

  /** @param options `skip`: is given names. */
  async *#walk(
    { under, root, isThere }: ExtraFolder,
    { skip, ...options }: WalkOptions & Required<Pick<WalkOptions, "skip">>,
  ): AsyncGenerator<WalkedFile> {
    if (!isThere) return;
    const unders = new Set(this.folders.map((folder) => folder.under));
    const isSkipped = (path: string, isFolder: boolean) => {
      const name = under === "" ? path : `${under}/${path}`;
      return isSystemFolder(path, isFolder) || unders.has(name) || skip(name, isFolder);
    };
    yield* walkIfThere(root, { ...options, skip: isSkipped });
  }

  #isReservedFolder(name: string, whose: ReservedFor = "any"): boolean {
    const path = this.#pathOf(name);
    return path === null || this.#reserved.hasFolder(path, whose);
  }

  /** Where it is on disk; `null`: nowhere that a path of the configuration leads to. */
  #pathOf(name: string): string | null {
    const folder = this.folderFor(name);
    if (folder === null) return null;
    return join(folder.root, folder.under === "" ? name : name.slice(folder.under.length));
  }
}

/** What `backup.extra_paths` names, by paths from the library root. */
export function extraPatterns({ root, backup }: Config): PathPatterns {
  return new PathPatterns(
    backup.extraPaths.map((path) => relative(root, path).split(sep).join("/")),
  );
}

/** The folder that a path of the configuration is, or that what it names lies in. */
async function leadingFolder(
  text: string,
  root: string,
  wanted: readonly string[],
): Promise<string> {
  const start = plainStart(text);
  if (start !== text) return start;
  const path = join(root, text);
  const isOne = !wanted.includes(text) &&
    (exists(path) ? await isFolder(path) : wanted.some((name) => name.startsWith(`${text}/`)));
  if (isOne) return text;
  const parent = dirname(text);
  return parent === "." ? "" : parent;
}

async function* walkIfThere(root: string, options: WalkOptions): AsyncGenerator<WalkedFile> {
  try {
    yield* walk(root, options);
  } catch (error) {
    // Removed meanwhile: there is nothing in it.
    if (isAppError(error, "storage.missing")) return;
    const reason = pathFault(error);
    if (reason === null || options.onUnreadable === undefined) throw error;
    options.onUnreadable("", reason);
  }
}

/** A link to one counts. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // Whatever keeps it from being looked at keeps it from being walked: it is named as missing.
    return false;
  }
}
