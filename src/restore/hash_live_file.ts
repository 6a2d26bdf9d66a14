import { createHash } from "node:crypto";
import { fromOsError, pathFault } from "../storage/os_error.ts";
import { hashFile } from "../storage/read_chunks.ts";
import { lookUp } from "./staging.ts";

/** Up to here a file is read in one go: no trip through the thread pool, no buffer larger than the file. */
export const SMALL_BYTES = 1024 * 1024;

/**
 * Hashes a file; a small one synchronously (see `breathe()`), a large one piece by piece.
 *
 * @throws `Deno.errors.NotFound`, {@linkcode AppError} `storage.missing` when it vanished, other `storage.*`.
 */
export async function hashLiveFile(
  path: string,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<string> {
  if (sizeBytes <= SMALL_BYTES) {
    return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  }
  return (await hashFile(path, ["sha256"], signal === undefined ? {} : { signal })).sha256;
}

/** Tells whether a file still has the content that the list says; `false` when it is gone or cannot be read. */
export async function isUnchanged(
  path: string,
  expected: { size: number; sha256: string },
): Promise<boolean> {
  try {
    const info = lookUp(path);
    if (!info?.isFile || info.size !== expected.size) return false;
    const found = await hashLiveFile(path, info.size);
    return found === expected.sha256;
  } catch (error) {
    if (pathFault(error) !== null) return false;
    throw fromOsError(error, path);
  }
}
