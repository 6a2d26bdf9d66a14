import { createHash } from "node:crypto";
import { hashFile } from "../storage/read_chunks.ts";

/** Up to here a file is read in one go: no trip through the thread pool, no buffer larger than the file. */
export const SMALL_BYTES = 1024 * 1024;

/**
 * Hashes a cover; a small one synchronously (see `breathe()`), a large one piece by piece.
 *
 * @throws `Deno.errors.NotFound`, {@linkcode AppError} `storage.missing` when it vanished, other `storage.*`.
 */
export async function hashCover(
  path: string,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<string> {
  if (sizeBytes <= SMALL_BYTES) {
    return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  }
  return (await hashFile(path, ["sha256"], signal === undefined ? {} : { signal })).sha256;
}
