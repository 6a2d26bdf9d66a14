import { open } from "node:fs/promises";
import { fromOsError } from "../storage/os_error.ts";
import { DigestChannel, type Digests } from "./digest_channel.ts";
import { BLOCK_BYTES } from "./limits.ts";

/**
 * Hashes a whole file, MD5 and SHA-256, in a thread of its own.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`, `worker.crashed`; the
 *   signal's reason.
 */
export async function hashArchive(
  path: string,
  signal?: AbortSignal,
): Promise<Digests & { size: number }> {
  signal?.throwIfAborted();
  using digests = new DigestChannel(BLOCK_BYTES);
  let size = 0;
  try {
    await using file = await open(path, "r");
    for (;;) {
      signal?.throwIfAborted();
      const buffer = digests.take();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      size += bytesRead;
      await digests.give(buffer, bytesRead);
    }
  } catch (error) {
    throw fromOsError(error, path);
  }
  return { ...await digests.finish(), size };
}
