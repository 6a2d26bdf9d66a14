import { dirname, join, parse } from "node:path";
import { fromOsError, isOsError, pathFault } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

const MARKER = "committed";
const PATTERN = /^\.restore-[0-9a-f]{16}$/;

/** The staging folder of a restore inside `folder`, so that renames from it reach every file there. */
export function stagingPath(folder: string, restoreId: string): string {
  return join(folder, `.restore-${restoreId}`);
}

/** Where files that belong to nobody's backup are kept, inside the same folder; walks pass over it. */
export function keptPath(folder: string, restoreId: string): string {
  return join(folder, `.restore-kept-${restoreId}`);
}

/** The first of `name.ext`, `name-2.ext`, `name-3.ext` … that nothing in the folder bears. The caller alone writes there. */
export function freeName(
  folder: string,
  name: string,
  isTaken: (path: string) => boolean = exists,
): string {
  const { name: stem, ext } = parse(name);
  for (let number = 1;; number += 1) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${ext}`);
    if (!isTaken(path)) return path;
  }
}

/** Makes a staging folder, readable by its owner alone, and makes its name durable. */
export async function makeStaging(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromOsError(error, path);
  }
  await syncFolder(dirname(path));
}

/** Says on this volume that the restore is committed: without its journal, service must be refused. */
export async function markCommitted(staging: string): Promise<void> {
  await writeAtomic(join(staging, MARKER), "This restore is committed. Do not delete.\n");
}

/** Tells whether a staging folder is there and marked. */
export function isMarked(staging: string): boolean {
  return exists(join(staging, MARKER));
}

/** Lists the staging folders directly in `folder`; none when it does not exist or cannot be listed. */
export async function findStagings(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory && PATTERN.test(entry.name)) found.push(join(folder, entry.name));
    }
  } catch (error) {
    if (pathFault(error) !== null) return [];
    throw fromOsError(error, folder);
  }
  return found.sort();
}

/** Removes a staging folder, durably; nothing when it is gone. The journal outlives it. */
export async function removeStaging(path: string): Promise<void> {
  try {
    // A large file keeps a core busy until its memory is free: what lies in the folder goes side by side.
    const names = Deno.lstatSync(path).isDirectory ? [...Deno.readDirSync(path)] : [];
    await Promise.allSettled(
      names.map(({ name }) => Deno.remove(join(path, name), { recursive: true })),
    );
    // Removes what is left, and says what could not be.
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw fromOsError(error, path);
  }
  if (exists(dirname(path))) await syncFolder(dirname(path));
}

/** Tells whether there is anything at `path`; a link counts, wherever it leads. */
export function exists(path: string): boolean {
  return lookUp(path) !== null;
}

/** What is at `path` itself, links not followed; `null` when nothing is. Synchronous: see `breathe()`. */
export function lookUp(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return null;
    throw fromOsError(error, path);
  }
}
