import { join } from "node:path";
import { fromOsError, isOsError } from "./os_error.ts";
import { isTemporaryName } from "./temporary.ts";

/** A file found by {@linkcode walk}. */
export interface WalkedFile {
  /** From the root, with `/` between the names. */
  readonly relativePath: string;
  /** From the root of the file system, or wherever the walk's root is relative to. */
  readonly path: string;
  /** `other`: a pipe, socket or device. */
  readonly kind: "file" | "symlink" | "other";
  /** As the folder tells it; a file may grow before it is read. */
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Permission bits. */
  readonly mode: number;
  /** Its owner. */
  readonly uid: number;
  /** Its group. */
  readonly gid: number;
}

/** Options of {@linkcode walk}. */
export interface WalkOptions {
  /** Answers `true` for what is to be left out; a folder is left out with all it holds. */
  readonly skip?: (relativePath: string, isFolder: boolean) => boolean;
  /** Ends the walk before the next name. */
  readonly signal?: AbortSignal;
}

/** Looking files up one after the other leaves the disk idle between them. */
const STATS_AT_ONCE = 64;

/** A restore's staging folder lies inside the covers folder, and is no part of the library. */
const STAGING_PREFIX = ".restore-";

/**
 * Visits every file under a folder, in the same order each time: names by code unit, folder by folder.
 *
 * Symbolic links are reported and never followed. Our own temporaries and restore staging are passed over.
 * A file that vanishes between its listing and its turn is left out. Memory is bounded by the largest single
 * folder's names.
 *
 * @param root An existing folder.
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`; the signal's reason.
 */
export async function* walk(root: string, options: WalkOptions = {}): AsyncGenerator<WalkedFile> {
  yield* walkFolder(root, "", options);
}

async function* walkFolder(
  root: string,
  folder: string,
  options: WalkOptions,
): AsyncGenerator<WalkedFile> {
  let batch: string[] = [];
  for (const { name, isFolder } of await listFolder(root, folder, options)) {
    options.signal?.throwIfAborted();
    const relativePath = folder === "" ? name : `${folder}/${name}`;
    if (!isFolder) {
      batch.push(relativePath);
      if (batch.length < STATS_AT_ONCE) continue;
    }
    yield* lookUp(root, batch);
    batch = [];
    if (isFolder) yield* walkFolder(root, relativePath, options);
  }
  yield* lookUp(root, batch);
}

interface Name {
  readonly name: string;
  readonly isFolder: boolean;
}

async function listFolder(root: string, folder: string, options: WalkOptions): Promise<Name[]> {
  const path = join(root, folder);
  const names: Name[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory ? name.startsWith(STAGING_PREFIX) : isTemporaryName(name)) continue;
      const relativePath = folder === "" ? name : `${folder}/${name}`;
      if (options.skip?.(relativePath, isDirectory)) continue;
      names.push({ name, isFolder: isDirectory });
    }
  } catch (error) {
    if (folder !== "" && isOsError(error, "ENOENT")) return [];
    throw fromOsError(error, path);
  }
  return names.sort((one, other) => one.name < other.name ? -1 : 1);
}

async function* lookUp(root: string, relativePaths: readonly string[]): AsyncGenerator<WalkedFile> {
  const found = await Promise.all(relativePaths.map((path) => describeFile(root, path)));
  for (const file of found) if (file !== null) yield file;
}

async function describeFile(root: string, relativePath: string): Promise<WalkedFile | null> {
  const path = join(root, relativePath);
  try {
    const info = await Deno.lstat(path);
    return {
      relativePath,
      path,
      kind: info.isSymlink ? "symlink" : info.isFile ? "file" : "other",
      sizeBytes: info.size,
      modifiedAt: info.mtime?.getTime() ?? 0,
      mode: (info.mode ?? 0o600) & 0o7777,
      uid: info.uid ?? 0,
      gid: info.gid ?? 0,
    };
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, path);
  }
}
