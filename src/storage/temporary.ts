import { basename, dirname, join } from "node:path";
import { fromOsError, isOsError } from "./os_error.ts";

/** The longest file name that every supported file system takes is 255 bytes; our affixes need 30. */
const MAX_BASE_BYTES = 200;

/** `-journal`, `-wal` and `-shm` are what SQLite leaves beside a temporary database. */
const PATTERN = /^\.shuku-[0-9a-f]{16}\..+\.tmp(?:-journal|-wal|-shm)?$/su;

/**
 * Makes a name for writing `finalPath` before it is complete: in the same folder, hidden, and unique.
 *
 * @returns `<folder>/.shuku-<random>.<base>.tmp`; a very long base is shortened.
 */
export function temporaryName(finalPath: string): string {
  const random = crypto.getRandomValues(new Uint8Array(8)).toHex();
  return join(dirname(finalPath), `.shuku-${random}.${shorten(basename(finalPath))}.tmp`);
}

/** Tells whether a file of this base name was made by {@linkcode temporaryName}. */
export function isTemporaryName(baseName: string): boolean {
  return PATTERN.test(baseName);
}

/**
 * Removes the temporaries that a killed process left directly in `folder`, and nothing else.
 *
 * The caller holds the lane's lock: the temporaries of a running process look the same.
 *
 * @returns The base names that were removed; empty when the folder does not exist.
 * @throws {AppError} `storage.*` when one cannot be removed.
 */
export async function removeLeftovers(folder: string): Promise<string[]> {
  const removed: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && isTemporaryName(entry.name)) removed.push(entry.name);
    }
    for (const name of removed) await removeIfThere(join(folder, name));
  } catch (error) {
    if (isOsError(error, "ENOENT")) return [];
    throw fromOsError(error, folder);
  }
  return removed;
}

/** A short write of another process may have ended meanwhile. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}

function shorten(base: string): string {
  const bytes = new TextEncoder().encode(base);
  if (bytes.length <= MAX_BASE_BYTES) return base;
  return new TextDecoder().decode(bytes.subarray(0, MAX_BASE_BYTES), { stream: true });
}
