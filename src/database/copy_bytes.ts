import { fromOsError } from "../storage/os_error.ts";
import { readChunks } from "../storage/read_chunks.ts";

/** Options of {@linkcode copyBytes}. */
export interface CopyBytesOptions {
  /** Called after each piece. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Ends the copying between two pieces. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a file's bytes, durably. Never one that a connection of this process has open: closing it would drop every lock
 * that SQLite holds on it here.
 *
 * @param destination Made with mode 0600, or emptied.
 * @returns How many there were.
 * @throws {AppError} `storage.*`, of the file that failed; the signal's reason.
 * @see https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
export async function copyBytes(
  source: string,
  destination: string,
  { onProgress, signal }: CopyBytesOptions,
): Promise<number> {
  let bytes = 0;
  try {
    const { size } = await Deno.stat(source);
    const options = { write: true, create: true, truncate: true, mode: 0o600 };
    using file = await Deno.open(destination, options);
    for await (const chunk of readChunks(source, { reuseBuffer: true, ...signal && { signal } })) {
      for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
      bytes += chunk.length;
      onProgress?.(bytes, Math.max(bytes, size));
    }
    await file.sync();
    return bytes;
  } catch (error) {
    throw fromOsError(error, destination);
  }
}
