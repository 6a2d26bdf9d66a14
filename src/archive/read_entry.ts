import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { createInflateRaw, inflateRawSync } from "node:zlib";
import { crc32 } from "node:zlib";
import { AppError } from "../base/errors.ts";
import type { ArchiveEntry } from "./check_record.ts";
import {
  decodeLocalHeader,
  FLAG_DESCRIPTOR,
  FLAG_ENCRYPTED,
  IN_ZIP64,
  isDescriptorOf,
  LOCAL_HEADER_BYTES,
} from "./local_header.ts";
import { CHUNK_BYTES } from "./limits.ts";
import type { RandomAccess } from "./random_access.ts";

/** Content up to this size is inflated in one call. */
const WHOLE_BYTES = 1024 * 1024;
/** Inflated bytes at a time: very compressible data stays bounded, and smaller pieces halve the speed. */
const PIECE_BYTES = 256 * 1024;
/** Inflating lets nothing else run by itself; after this much the event loop gets its turn: some 5 ms. */
const BUSY_BYTES = 2 * 1024 * 1024;
const MAX_DESCRIPTOR_BYTES = 24;
/** Bits that change what the bytes mean; the others tell how hard the writer tried. */
const MEANING_FLAGS = FLAG_ENCRYPTED | FLAG_DESCRIPTOR;

/** What {@linkcode readEntry} may be told. */
export interface ReadEntryOptions {
  /** The first byte after the entry that is not its own. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an entry's content and believes nothing about it.
 *
 * Its local header must agree with the directory, its content with the declared size — reading stops at
 * the first byte over — and with the CRC. Only when the last piece has been taken without an error is the
 * content right. A piece is good until the next is asked for, and longer where its memory is taken (`takeMemory()`).
 *
 * @throws {AppError} `archive.damaged` with the entry's path.
 */
export async function* readEntry(
  file: RandomAccess,
  entry: ArchiveEntry,
  options: ReadEntryOptions,
): AsyncGenerator<Uint8Array> {
  try {
    const dataAt = await checkLocalHeader(file, entry, options.limit);
    const pieces = entry.method === 0
      ? readRaw(file, dataAt, entry, options.signal)
      : inflate(file, dataAt, entry, options.signal);
    let size = 0;
    let crc = 0;
    let busy = 0;
    for await (const piece of pieces) {
      options.signal?.throwIfAborted();
      size += piece.length;
      if (size > entry.size) throw damaged(entry, `more than the declared ${entry.size} bytes`);
      crc = crc32(piece, crc);
      busy += piece.length;
      yield piece; // Whose memory may be gone afterwards.
      if (busy >= BUSY_BYTES) {
        busy = 0;
        await setImmediate();
      }
    }
    if (size !== entry.size) throw damaged(entry, `${size} bytes, expected ${entry.size}`);
    if (crc !== entry.crc32) throw damaged(entry, "CRC-32 differs");
    await checkDescriptor(file, dataAt + entry.compressedSize, entry, options.limit);
  } catch (error) {
    throw explain(error, entry);
  }
}

/** @returns Where the content begins. */
async function checkLocalHeader(
  file: RandomAccess,
  entry: ArchiveEntry,
  limit: number,
): Promise<number> {
  const name = Buffer.from(entry.stored ?? entry.path, "utf8");
  const bytes = await file.read(entry.offset, LOCAL_HEADER_BYTES + name.length);
  const local = decodeLocalHeader(bytes);
  if (local === null) throw damaged(entry, "its header is not where the directory says");
  const dataAt = entry.offset + LOCAL_HEADER_BYTES + local.nameBytes + local.extraBytes;
  const unknown = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  const agrees = (narrow: number, wide: number) =>
    narrow === wide || narrow === IN_ZIP64 || (unknown && narrow === 0);
  const differs =
    local.nameBytes !== name.length || !bytes.subarray(LOCAL_HEADER_BYTES).equals(name)
      ? "name"
      : local.method !== entry.method
      ? "method"
      : ((local.flags ^ entry.flags) & MEANING_FLAGS) !== 0
      ? "flags"
      : !agrees(local.size, entry.size) || !agrees(local.compressedSize, entry.compressedSize)
      ? "size"
      : local.crc !== entry.crc32 && !(unknown && local.crc === 0)
      ? "CRC-32"
      : dataAt + entry.compressedSize > limit
      ? "extent"
      : null;
  if (differs !== null) throw damaged(entry, `header and directory disagree on its ${differs}`);
  return dataAt;
}

async function checkDescriptor(
  file: RandomAccess,
  at: number,
  entry: ArchiveEntry,
  limit: number,
): Promise<void> {
  if ((entry.flags & FLAG_DESCRIPTOR) === 0) return;
  const bytes = await file.read(at, Math.min(MAX_DESCRIPTOR_BYTES, limit - at));
  const header = { ...entry, crc: entry.crc32, name: bytes, dosTime: 0 };
  if (!isDescriptorOf(bytes, header)) throw damaged(entry, "its data descriptor disagrees");
}

async function* readRaw(
  file: RandomAccess,
  at: number,
  entry: ArchiveEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < entry.compressedSize;) {
    signal?.throwIfAborted();
    const piece = await file.read(at + done, Math.min(CHUNK_BYTES, entry.compressedSize - done));
    done += piece.length;
    yield piece;
  }
}

async function* inflate(
  file: RandomAccess,
  at: number,
  entry: ArchiveEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (entry.size <= WHOLE_BYTES && entry.compressedSize <= 2 * WHOLE_BYTES) {
    yield inflateWhole(await file.read(at, entry.compressedSize), entry);
    return;
  }
  const inflater = createInflateRaw({ chunkSize: PIECE_BYTES });
  const feeding = pipeline(
    Readable.from(readRaw(file, at, entry, signal), { highWaterMark: 1 }),
    inflater,
  );
  feeding.catch(() => {}); // Awaited below, unless reading ended before.
  try {
    yield* inflater;
    await feeding;
    checkConsumed(inflater.bytesWritten, entry);
  } finally {
    inflater.destroy();
  }
}

function inflateWhole(bytes: Buffer, entry: ArchiveEntry): Uint8Array {
  const { buffer, engine } = inflateRawSync(bytes, {
    maxOutputLength: Math.max(1, entry.size),
    info: true,
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  checkConsumed(engine.bytesWritten, entry);
  return buffer;
}

function checkConsumed(consumed: number, entry: ArchiveEntry): void {
  if (consumed !== entry.compressedSize) {
    throw damaged(entry, `${entry.compressedSize - consumed} bytes after its end`);
  }
}

/** Gives zlib's errors, and those that name no path, the entry's name. */
function explain(error: unknown, entry: ArchiveEntry): unknown {
  if (error instanceof AppError) {
    const nameless = error.code === "archive.damaged" && !("path" in error.details);
    return nameless ? damaged(entry, String(error.details.found), error) : error;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return damaged(entry, `more than the declared ${entry.size} bytes`, error);
  }
  return code.startsWith("Z_") ? damaged(entry, "its compressed data are broken", error) : error;
}

function damaged(entry: ArchiveEntry, found: string, cause?: unknown): AppError {
  return new AppError("archive.damaged", { path: entry.path, found }, { cause });
}
