import { basename, join } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { fromOsError, isOsError, pathFault } from "./os_error.ts";
import { isSystemFolder } from "./system_folder.ts";
import { isOwnName } from "./own_names.ts";

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
  /**
   * Told of what cannot be looked at, and why: `EACCES`, or `not_utf8` for a name that no call of ours reaches. A folder's
   * path ends with `/`. Without it, the first one ends the walk.
   */
  readonly onUnreadable?: (relativePath: string, reason: string) => void;
}

/** Visits what is the library's and can be looked at. */
export const passingOver: WalkOptions = { skip: isSystemFolder, onUnreadable: () => {} };

/** Looking files up one after the other leaves the disk idle between them. */
const STATS_AT_ONCE = 64;

/** What a restore keeps inside the covers folder is no part of the library. */
const STAGING = /^\.restore-(?:kept-)?[0-9a-f]{16}(?:-|$)/;

/**
 * Visits every file under a folder, in the same order each time: names by code unit, folder by folder.
 *
 * Symbolic links are reported and never followed. What is our own, and restore staging, is passed over.
 * A file that vanishes between its listing and its turn is left out. Memory is bounded by the largest single
 * folder's names.
 *
 * Deno gives every byte of a name that is not UTF-8 as U+FFFD, and then finds no such file: that tells it from one that
 * vanished, and costs nothing.
 *
 * @param root An existing folder.
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`, of the root at least; the signal's reason.
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
  let before = "";
  for (const { name, isFolder } of await listFolder(root, folder, options)) {
    options.signal?.throwIfAborted();
    const relativePath = folder === "" ? name : `${folder}/${name}`;
    // Of two that look the same, one at most is what it looks like.
    if (name === before) {
      report(options, isFolder ? `${relativePath}/` : relativePath, notFound(root, relativePath));
      continue;
    }
    before = name;
    if (!isFolder) {
      batch.push(relativePath);
      if (batch.length < STATS_AT_ONCE) continue;
    }
    yield* lookUp(root, batch, options);
    batch = [];
    if (isFolder) yield* walkFolder(root, relativePath, options);
  }
  yield* lookUp(root, batch, options);
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
      if (isOwnName(name) || (isDirectory && STAGING.test(name))) continue;
      const relativePath = folder === "" ? name : `${folder}/${name}`;
      if (options.skip?.(relativePath, isDirectory)) continue;
      names.push({ name, isFolder: isDirectory });
    }
  } catch (error) {
    if (folder === "") throw fromOsError(error, path);
    if (!isGone(error, folder)) report(options, `${folder}/`, fromOsError(error, path));
    return [];
  }
  return names.sort((one, other) => one.name < other.name ? -1 : 1);
}

async function* lookUp(
  root: string,
  relativePaths: readonly string[],
  options: WalkOptions,
): AsyncGenerator<WalkedFile> {
  const found = await Promise.all(relativePaths.map((path) => describeFile(root, path)));
  for (const [index, file] of found.entries()) {
    if (file instanceof Error) report(options, relativePaths[index] ?? "", file);
    else if (file !== null) yield file;
  }
}

/** @returns Why it cannot be told, when that concerns this file alone; `null` when it is gone. */
async function describeFile(
  root: string,
  relativePath: string,
): Promise<WalkedFile | Error | null> {
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
    if (isGone(error, relativePath)) return null;
    const known = fromOsError(error, path);
    if (known instanceof AppError) return known;
    throw known;
  }
}

/** What Deno shows for bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/** Tells whether a name that was listed has vanished since. */
function isGone(error: unknown, relativePath: string): boolean {
  return isOsError(error, "ENOENT") && !basename(relativePath).includes(REPLACEMENT);
}

function notFound(root: string, relativePath: string): AppError {
  return new AppError("storage.missing", { path: join(root, relativePath) });
}

function report({ onUnreadable }: WalkOptions, relativePath: string, error: unknown): void {
  const reason = isAppError(error, "storage.missing") ? "not_utf8" : pathFault(error);
  if (onUnreadable === undefined || reason === null) throw error;
  onUnreadable(relativePath, reason);
}
