import { dirname, join } from "node:path";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { claimAndRename } from "../storage/publish_file.ts";
import { exists, keptPath, lookUp } from "./staging.ts";

/** What file systems answer that know no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"];

/**
 * Moves a file to a place that must be free. Repeatable: killed between its two steps, the next call finds one
 * file under two names and removes the first.
 *
 * @returns `false` when the place is taken by another file; nothing has changed then.
 * @throws {AppError} `storage.*`
 */
export async function moveToFree(from: string, to: string): Promise<boolean> {
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (isOsError(error, "EEXIST")) return isSameFile(from, to) && removeFirst(from);
    if (isOsError(error, ...NO_LINKS)) return await moveWithoutLinks(from, to);
    throw fromOsError(error, to);
  }
  return removeFirst(from);
}

/**
 * Moves whatever is at `from` out of the way to `to`, whose folders are made.
 *
 * @returns `false` when nothing was there, or when `to` is taken.
 */
export function moveAside(from: string, to: string): boolean {
  if (exists(to)) return false;
  try {
    Deno.mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    Deno.renameSync(from, to);
    return true;
  } catch (error) {
    if (isOsError(error, "ENOENT") && !exists(from)) return false;
    // A folder and a file of one name have both stood here: the caller has another place.
    if (isOsError(error, "ENOTDIR", "EEXIST", "ENOTEMPTY", "EISDIR")) return false;
    throw fromOsError(error, from);
  }
}

/**
 * Moves a file to where nothing is ever deleted: `.restore-kept-<id>` of its mount, under its own path. When
 * that is taken, `.restore-kept-<id>-2` and so on.
 *
 * @param from The file.
 * @param place `root`: folder of the mount; `path`: the file's path as the step names it.
 * @returns Where it is now; `null` when nothing was at `from`.
 */
export function moveToKept(
  from: string,
  place: { root: string; restoreId: string; path: string },
): string | null {
  for (let number = 1;; number += 1) {
    const suffix = number === 1 ? "" : `-${number}`;
    const to = join(keptPath(place.root, place.restoreId) + suffix, place.path);
    if (moveAside(from, to)) return to;
    if (!exists(from)) return null;
  }
}

/** Tells whether two names lead to one file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [lookUp(one), lookUp(other)];
  return a !== null && b !== null && a.ino !== null && a.ino === b.ino && a.dev === b.dev;
}

function removeFirst(path: string): true {
  try {
    Deno.removeSync(path);
  } catch (error) {
    throw fromOsError(error, path);
  }
  return true;
}

async function moveWithoutLinks(from: string, to: string): Promise<boolean> {
  try {
    await claimAndRename(from, to);
    return true;
  } catch (error) {
    if (isOsError(error, "EEXIST")) return false;
    throw fromOsError(error, to);
  }
}
