import { Buffer } from "node:buffer";
import { AppError } from "../base/errors.ts";
import { type EntryHeader, IN_ZIP64, VERSION_DEFLATE, VERSION_ZIP64 } from "./local_header.ts";

/** What the directory at the end of an archive tells of one entry. */
export interface CentralRecord extends EntryHeader {
  /** Where the entry's local header begins. */
  readonly offset: number;
  /** System that the attributes are of: 3 is Unix. */
  readonly madeBy: number;
  readonly attributes: number;
  readonly disk: number;
  readonly extra: Uint8Array;
}

const SIGNATURE = 0x02014b50;
/** Bytes of a record without name, extra field and comment. */
export const CENTRAL_RECORD_BYTES = 46;
/** Where in a record the attributes are. */
export const ATTRIBUTES_AT = 38;
/** Of a file that only its owner may read: a backup holds password hashes. */
const DEFAULT_MODE = 0o600;
const MADE_BY_UNIX = 3;

/** What a record to be written needs. */
export interface NewRecord extends EntryHeader, Pick<CentralRecord, "offset"> {
  /** Permission bits; default 0600. */
  readonly mode?: number | undefined;
}

/**
 * Writes one record of the directory, with a ZIP64 field holding just the values that need it.
 *
 * @see APPNOTE.TXT 4.3.12, 4.5.3
 */
export function encodeCentralRecord(entry: NewRecord): Uint8Array {
  const large = [entry.size, entry.compressedSize, entry.offset].filter(needsZip64);
  const extraBytes = large.length === 0 ? 0 : 4 + 8 * large.length;
  const bytes = Buffer.alloc(CENTRAL_RECORD_BYTES + entry.name.length + extraBytes);
  const version = large.length === 0 ? VERSION_DEFLATE : VERSION_ZIP64;
  bytes.writeUInt32LE(SIGNATURE, 0);
  bytes.writeUInt16LE((MADE_BY_UNIX << 8) | VERSION_ZIP64, 4);
  bytes.writeUInt16LE(version, 6);
  bytes.writeUInt16LE(entry.flags, 8);
  bytes.writeUInt16LE(entry.method, 10);
  bytes.writeUInt32LE(entry.dosTime, 12);
  bytes.writeUInt32LE(entry.crc, 16);
  bytes.writeUInt32LE(Math.min(entry.compressedSize, IN_ZIP64), 20);
  bytes.writeUInt32LE(Math.min(entry.size, IN_ZIP64), 24);
  bytes.writeUInt16LE(entry.name.length, 28);
  bytes.writeUInt16LE(extraBytes, 30);
  bytes.writeUInt32LE(fileAttributes(entry.mode ?? DEFAULT_MODE), ATTRIBUTES_AT);
  bytes.writeUInt32LE(Math.min(entry.offset, IN_ZIP64), 42);
  bytes.set(entry.name, CENTRAL_RECORD_BYTES);
  if (extraBytes > 0) {
    let at = CENTRAL_RECORD_BYTES + entry.name.length;
    bytes.writeUInt16LE(1, at);
    bytes.writeUInt16LE(extraBytes - 4, at + 2);
    at += 4;
    for (const value of large) at = bytes.writeBigUInt64LE(BigInt(value), at);
  }
  return bytes;
}

/** A regular file of Unix; what lets it run as its owner is no business of whoever unpacks it. */
function fileAttributes(mode: number): number {
  return ((0o100000 | (mode & 0o777)) << 16) >>> 0;
}

/** Tells whether attributes are those of a regular file, and nothing else. */
export function isPlainFile(attributes: number): boolean {
  return fileAttributes(attributes >>> 16) === attributes;
}

/** Tells whether a size or an offset does not fit its 32-bit field. */
export function needsZip64(value: number): boolean {
  return value >= IN_ZIP64;
}

/** Length of the record that begins at `at`; `null` when it is not wholly inside `bytes`. */
export function centralRecordBytes(bytes: Buffer, at: number): number | null {
  if (at + CENTRAL_RECORD_BYTES > bytes.length) return null;
  if (bytes.readUInt32LE(at) !== SIGNATURE) {
    throw new AppError("archive.damaged", { found: "a directory record without its signature" });
  }
  const length = CENTRAL_RECORD_BYTES + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) +
    bytes.readUInt16LE(at + 32);
  return at + length > bytes.length ? null : length;
}

/**
 * Reads the record that begins at `at`, wholly inside `bytes`, of which it is a view.
 *
 * @throws {AppError} `archive.damaged` when a ZIP64 value is missing or beyond reason.
 */
export function decodeCentralRecord(bytes: Buffer, at: number): CentralRecord {
  const nameBytes = bytes.readUInt16LE(at + 28);
  const extraAt = at + CENTRAL_RECORD_BYTES + nameBytes;
  const name = viewOf(bytes, at + CENTRAL_RECORD_BYTES, nameBytes);
  const extra = viewOf(bytes, extraAt, bytes.readUInt16LE(at + 30));
  const wide = extra.length === 0 ? asItIs : zip64Values(extra);
  return {
    name,
    extra,
    madeBy: bytes.readUInt8(at + 5),
    flags: bytes.readUInt16LE(at + 8),
    method: bytes.readUInt16LE(at + 10),
    dosTime: bytes.readUInt32LE(at + 12),
    crc: bytes.readUInt32LE(at + 16),
    size: wide(bytes.readUInt32LE(at + 24)),
    compressedSize: wide(bytes.readUInt32LE(at + 20)),
    offset: wide(bytes.readUInt32LE(at + 42)),
    disk: bytes.readUInt16LE(at + 34),
    attributes: bytes.readUInt32LE(at + 38),
  };
}

/** Memory that stays where it is: a million copies would keep the collector busy. */
function viewOf({ buffer, byteOffset }: Buffer, at: number, length: number): Uint8Array {
  return length === 0 ? NOTHING : new Uint8Array(buffer, byteOffset + at, length);
}

const NOTHING = new Uint8Array(0);

function asItIs(value: number): number {
  return value;
}

/** Goes through the extra fields of an entry as `[id, content]`; stops at a malformed one. */
export function* extraFields(field: Uint8Array): Generator<[id: number, content: Buffer]> {
  const extra = Buffer.from(field.buffer, field.byteOffset, field.length);
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) return;
    yield [extra.readUInt16LE(at), extra.subarray(at + 4, end)];
    at = end;
  }
}

/** Returns a function that replaces each value that says so by the next one of the ZIP64 field. */
function zip64Values(extra: Uint8Array): (value: number) => number {
  let rest: Buffer | null = null;
  for (const [id, content] of extraFields(extra)) {
    if (id === 1) rest ??= content;
  }
  return (value) => {
    if (value !== IN_ZIP64) return value;
    // Without the field the value is what it says: a file of exactly 4 GiB less one byte.
    if (rest === null) return value;
    if (rest.length < 8) {
      throw new AppError("archive.damaged", { found: "a ZIP64 value is missing" });
    }
    const wide = rest.readBigUInt64LE(0);
    rest = rest.subarray(8);
    if (wide > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new AppError("archive.damaged", { found: "a ZIP64 value beyond 8 PiB" });
    }
    return Number(wide);
  };
}
