import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { fromOsError } from "./os_error.ts";

/** Options of {@linkcode readChunks}. */
export interface ReadOptions {
  /** First byte; default 0. */
  readonly start?: number;
  /** The byte after the last; default the end of the file, wherever it is by then. */
  readonly end?: number;
  /** Default 1 MiB: four times the throughput of 64 KiB. */
  readonly chunkBytes?: number;
  /**
   * Yields the same buffer again and again, good only until the next step. Default `false`: each chunk is
   * the receiver's to keep.
   */
  readonly reuseBuffer?: boolean;
  /** Gives the memory of each chunk, instead of `chunkBytes` and `reuseBuffer`; it is the receiver's to keep. */
  readonly take?: () => Uint8Array<ArrayBuffer>;
  /** Ends the reading between two chunks. */
  readonly signal?: AbortSignal;
}

const MIB = 1024 * 1024;

/**
 * Reads a file piece by piece, each at its own position, so that several may read one file at once. Every chunk but the
 * last is full.
 *
 * Never for the live database: closing it would drop SQLite's locks in this process.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`; the signal's reason.
 */
export async function* readChunks(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { start = 0, end = Infinity, chunkBytes = MIB, reuseBuffer = false, signal } = options;
  const { take = () => new Uint8Array(chunkBytes) } = options;
  try {
    await using file = await open(path, "r");
    let buffer: Uint8Array<ArrayBuffer> | null = null;
    let position = start;
    while (position < end) {
      signal?.throwIfAborted();
      if (buffer === null || !reuseBuffer) buffer = take();
      const wanted = Math.min(buffer.length, end - position);
      const filled = await fill(file, buffer.subarray(0, wanted), position);
      position += filled;
      if (filled > 0) yield buffer.subarray(0, filled);
      if (filled < wanted) return;
    }
  } catch (error) {
    throw fromOsError(error, path);
  }
}

/** Reads until the buffer or the file ends. @returns How many bytes there were. */
async function fill(file: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  for (let filled = 0; filled < buffer.length;) {
    const { bytesRead } = await file.read(
      buffer,
      filled,
      buffer.length - filled,
      position + filled,
    );
    if (bytesRead === 0) return filled;
    filled += bytesRead;
  }
  return buffer.length;
}

/** A hash that {@linkcode hashFile} can compute. */
export type HashName = "md5" | "sha256";

/**
 * Hashes a file in one pass.
 *
 * @param algorithms Which hashes; each costs its own time (SHA-256 1.9 GB/s, MD5 0.7 GB/s).
 * @returns Lower-case hex by algorithm.
 * @throws {AppError} as {@linkcode readChunks}.
 */
export async function hashFile<Name extends HashName>(
  path: string,
  algorithms: readonly Name[],
  options: Omit<ReadOptions, "reuseBuffer"> = {},
): Promise<Record<Name, string>> {
  const hashes = algorithms.map((name) => [name, createHash(name)] as const);
  for await (const chunk of readChunks(path, { ...options, reuseBuffer: true })) {
    for (const [, hash] of hashes) hash.update(chunk);
  }
  return Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest("hex")])) as Record<
    Name,
    string
  >;
}
