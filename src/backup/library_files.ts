import { basename, dirname, join, relative, sep } from "node:path";
import { checkEntryPath } from "../archive/entry_path.ts";
import { isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { fromOsError } from "../storage/os_error.ts";
import { walk } from "../storage/walk.ts";

/** A file of the library and the place it has in an archive. */
export interface LibraryFile {
  /** Absolute path on disk. */
  readonly path: string;
  /** Name of the entry, such as `covers/1.jpg`. */
  readonly entry: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** The files of one part, and what was left out of it. */
export interface FileList {
  readonly files: readonly LibraryFile[];
  /** Symbolic links: named, never followed. */
  readonly symlinks: readonly string[];
  readonly warnings: readonly Notice[];
  readonly totalBytes: number;
}

const CONFIG_FILE = /\.(?:ya?ml|json)$/i;

/**
 * Lists every regular file under the covers folder; an absent folder is an empty list.
 *
 * A name that no archive can carry safely (control characters, a backslash, one that differs from another only
 * by case or Unicode form) is left out and named in a warning.
 */
export async function listCovers(folder: string, signal?: AbortSignal): Promise<FileList> {
  return await listFolder(folder, "covers", signal);
}

/** Tells whether {@linkcode listCovers} would list any; stops at the first. */
export async function hasCovers(folder: string, signal?: AbortSignal): Promise<boolean> {
  for await (const found of sortFolder(folder, "covers", signal)) {
    if (found.kind === "file") return true;
  }
  return false;
}

/** Lists the migration scripts, `*.py` in the migrations folder. */
export async function listMigrations(folder: string, signal?: AbortSignal): Promise<FileList> {
  const list = await listFolder(folder, "database/alembic/versions", signal);
  return { ...list, files: list.files.filter(({ entry }) => entry.endsWith(".py")) };
}

/**
 * Lists the config part: the config file, the other YAML and JSON files of its folder unless that is the
 * library root itself, and `.env.example` of the root.
 */
export async function listConfigFiles(config: Config): Promise<FileList> {
  const paths = new Set<string>();
  if (config.path !== null) {
    paths.add(config.path);
    const folder = dirname(config.path);
    if (folder !== config.root) {
      for (const name of await namesIn(folder)) {
        if (CONFIG_FILE.test(name)) paths.add(join(folder, name));
      }
    }
  }
  paths.add(join(config.root, ".env.example"));
  const files: LibraryFile[] = [];
  for (const path of [...paths].sort()) {
    const file = await fileAt(path, `config/${basename(path)}`);
    if (file !== null) files.push(file);
  }
  return { files, symlinks: [], warnings: [], totalBytes: sum(files) };
}

/** Lists what `backup.extra_paths` names, under `extra/` and its path from the library root. */
export async function listExtraFiles(config: Config, signal?: AbortSignal): Promise<FileList> {
  const lists: FileList[] = [];
  for (const path of config.backup.extraPaths) {
    const prefix = `extra/${relative(config.root, path).split(sep).join("/")}`;
    const file = await fileAt(path, prefix);
    lists.push(
      file === null
        ? await listFolder(path, prefix, signal)
        : { files: [file], symlinks: [], warnings: [], totalBytes: file.sizeBytes },
    );
  }
  return {
    files: lists.flatMap(({ files }) => files),
    symlinks: lists.flatMap(({ symlinks }) => symlinks),
    warnings: lists.flatMap(({ warnings }) => warnings),
    totalBytes: lists.reduce((total, list) => total + list.totalBytes, 0),
  };
}

async function listFolder(folder: string, prefix: string, signal?: AbortSignal): Promise<FileList> {
  const files: LibraryFile[] = [];
  const symlinks: string[] = [];
  const warnings: Notice[] = [];
  for await (const found of sortFolder(folder, prefix, signal)) {
    if (found.kind === "file") files.push(found.file);
    else if (found.kind === "symlink") symlinks.push(found.entry);
    else warnings.push(found.warning);
  }
  return { files, symlinks, warnings, totalBytes: sum(files) };
}

type Sorted =
  | { readonly kind: "file"; readonly file: LibraryFile }
  | { readonly kind: "symlink"; readonly entry: string }
  | { readonly kind: "refused"; readonly warning: Notice };

/** Goes through a folder; an absent one is empty. */
async function* sortFolder(
  folder: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Sorted> {
  const seen = new Set<string>();
  try {
    for await (const found of walk(folder, signal === undefined ? {} : { signal })) {
      const entry = `${prefix}/${found.relativePath}`;
      if (found.kind === "symlink") yield { kind: "symlink", entry };
      if (found.kind !== "file") continue;
      const warning = refusal(entry, seen);
      if (warning !== null) yield { kind: "refused", warning };
      else {
        const { path, sizeBytes, modifiedAt } = found;
        yield { kind: "file", file: { path, entry, sizeBytes, modifiedAt } };
      }
    }
  } catch (error) {
    if (!isAppError(error, "storage.missing")) throw error;
  }
}

function refusal(entry: string, seen: Set<string>): Notice | null {
  const folded = entry.normalize("NFC").toLowerCase();
  const collides = seen.has(folded);
  seen.add(folded);
  if (collides) {
    return {
      zh: `未备份 ${entry}: 另有文件仅大小写或 Unicode 形式与它不同`,
      en: `Not backed up: ${entry}, another file differs from it only by case or Unicode form`,
    };
  }
  try {
    checkEntryPath(entry);
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return {
      zh: `未备份 ${entry}: 文件名含有压缩包无法安全保存的字符`,
      en: `Not backed up: ${entry}, its name holds characters that no archive keeps safely`,
    };
  }
}

async function fileAt(path: string, entry: string): Promise<LibraryFile | null> {
  try {
    const info = await Deno.stat(path);
    return info.isFile
      ? { path, entry, sizeBytes: info.size, modifiedAt: info.mtime?.getTime() ?? 0 }
      : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fromOsError(error, path);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile)
      .map(({ name }) => name);
  } catch (error) {
    throw fromOsError(error, folder);
  }
}

function sum(files: readonly LibraryFile[]): number {
  return files.reduce((total, file) => total + file.sizeBytes, 0);
}
