import { Buffer } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import {
  ATTRIBUTES_AT,
  CENTRAL_RECORD_BYTES,
  encodeCentralRecord,
  isPlainFile,
} from "./central_record.ts";
import { EntryMeasure } from "./entry_measure.ts";
import type { GrowingFile } from "./growing_file.ts";
import { HashList } from "./hash_list.ts";
import { Inflater } from "./inflater.ts";
import {
  decodeLocalHeader,
  encodeDescriptor,
  type EntryHeader,
  FLAG_DESCRIPTOR,
  LOCAL_HEADER_BYTES,
  type LocalHeader,
} from "./local_header.ts";

/** A header as it stands before its content. */
interface Opened extends LocalHeader {
  readonly name: Buffer;
}

/** A content read whole; `null`: something about it is not as it should be. */
type Read = Pick<EntryHeader, "size" | "compressedSize" | "crc"> & { readonly sha256: string };

/**
 * Reads one entry after another while the archive is still being written, as one reads a ZIP from a pipe, and then
 * holds the directory against what was read.
 *
 * Understands the entries of our own writer and no others.
 *
 * @param onBytes Told how many bytes of content were read since the last call.
 * @returns SHA-256 of each entry's content in the directory's order. `null` when anything was not exactly as
 *   expected: then nothing counts as read, and whoever checks the archive reads it again and finds the reason.
 */
export async function followEntries(
  file: GrowingFile,
  onBytes: (bytes: number) => void,
): Promise<HashList | null> {
  const directory = new ExpectedDirectory();
  const hashes = new HashList();
  for (let offset = 0;; offset = file.position) {
    const opened = takeHeader(file);
    if (opened === null) return directory.isNext(file) ? hashes : null;
    const read = await readContent(file, opened, onBytes);
    if (read === null) return null;
    directory.add(encodeCentralRecord({ ...opened, ...read, offset }));
    hashes.push(read.sha256);
  }
}

/**
 * The directory that should follow the entries: its length and its hash, for it may be large. Only it knows the files' modes:
 * they are looked at, and not compared.
 */
class ExpectedDirectory {
  readonly #hash: Hash = createHash("sha256");
  #length = 0;

  add(record: Uint8Array): void {
    this.#hash.update(withoutMode(record));
    this.#length += record.length;
  }

  /** Tells whether it comes next, and takes as many bytes. */
  isNext(file: GrowingFile): boolean {
    const hash = createHash("sha256");
    for (let left = this.#length; left > 0;) {
      const record = takeRecord(file);
      if (record === null) return false;
      hash.update(withoutMode(record));
      left -= record.length;
    }
    return hash.digest("hex") === this.#hash.digest("hex");
  }
}

/** `null` where no record of a plain file begins. */
function takeRecord(file: GrowingFile): Buffer | null {
  const fixed = file.peek(CENTRAL_RECORD_BYTES);
  if (fixed.length < CENTRAL_RECORD_BYTES) return null;
  if (!isPlainFile(fixed.readUInt32LE(ATTRIBUTES_AT))) return null;
  const length = CENTRAL_RECORD_BYTES + fixed.readUInt16LE(28) + fixed.readUInt16LE(30) +
    fixed.readUInt16LE(32);
  const record = Buffer.from(file.peek(length).subarray(0, length));
  if (record.length < length) return null;
  file.skip(length);
  return record;
}

function withoutMode(record: Uint8Array): Uint8Array {
  return record.fill(0, ATTRIBUTES_AT, ATTRIBUTES_AT + 4);
}

/** `null` where no entry begins; nothing is taken then. */
function takeHeader(file: GrowingFile): Opened | null {
  const fixed = file.peek(LOCAL_HEADER_BYTES);
  const local = fixed.length < LOCAL_HEADER_BYTES ? null : decodeLocalHeader(fixed);
  if (local === null) return null;
  const nameEnd = LOCAL_HEADER_BYTES + local.nameBytes;
  const name = Buffer.from(
    file.peek(nameEnd + local.extraBytes).subarray(LOCAL_HEADER_BYTES, nameEnd),
  );
  file.skip(nameEnd + local.extraBytes);
  return { ...local, name };
}

async function readContent(
  file: GrowingFile,
  opened: Opened,
  onBytes: (bytes: number) => void,
): Promise<Read | null> {
  const measure = new EntryMeasure();
  const take = (piece: Uint8Array) => {
    measure.update(piece);
    onBytes(piece.length);
  };
  const begin = file.position;
  const isWhole = (opened.flags & FLAG_DESCRIPTOR) !== 0
    ? await inflateToEnd(file, take)
    : opened.method === 0
    ? takeStored(file, opened.compressedSize, take)
    : await inflateKnown(file, opened.compressedSize, take);
  if (!isWhole) return null;
  const read = { ...measure.finish(), compressedSize: file.position - begin };
  return isAsTold(file, opened, read) ? read : null;
}

function takeStored(
  file: GrowingFile,
  bytes: number,
  take: (piece: Uint8Array) => void,
): boolean {
  for (let left = bytes; left > 0;) {
    const piece = file.peek(1).subarray(0, left);
    if (piece.length === 0) return false;
    take(piece);
    file.skip(piece.length);
    left -= piece.length;
  }
  return true;
}

/** Inflates a stream that says itself where it ends. */
function inflateToEnd(file: GrowingFile, take: (piece: Uint8Array) => void): Promise<boolean> {
  return inflating(take, async (inflater) => {
    for (let piece = file.peek(1); piece.length > 0; piece = file.peek(1)) {
      const used = await inflater.feed(piece);
      file.skip(used);
      if (used < piece.length) return true;
    }
    return false;
  });
}

/** Inflates a stream of known length. */
function inflateKnown(
  file: GrowingFile,
  bytes: number,
  take: (piece: Uint8Array) => void,
): Promise<boolean> {
  return inflating(take, async (inflater) => {
    for (let left = bytes; left > 0;) {
      const piece = file.peek(1).subarray(0, left);
      const used = await inflater.feed(piece);
      if (used === 0 || used < piece.length) return false;
      file.skip(used);
      left -= used;
    }
    await inflater.finish();
    return true;
  });
}

async function inflating(
  take: (piece: Uint8Array) => void,
  work: (inflater: Inflater) => Promise<boolean>,
): Promise<boolean> {
  using inflater = new Inflater(take);
  try {
    return await work(inflater);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_")) return false;
    throw error;
  }
}

/** Holds what was read against the header, or against the descriptor that follows, and takes that. */
function isAsTold(file: GrowingFile, opened: Opened, read: Read): boolean {
  if ((opened.flags & FLAG_DESCRIPTOR) === 0) {
    return read.size === opened.size && read.crc === opened.crc;
  }
  // A ZIP64 field in the header makes the sizes in the descriptor 64 bits wide.
  const descriptor = encodeDescriptor({ ...opened, ...read }, opened.extraBytes > 0);
  if (!file.peek(descriptor.length).subarray(0, descriptor.length).equals(descriptor)) return false;
  file.skip(descriptor.length);
  return true;
}
