import { Buffer } from "node:buffer";
import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { IN_ZIP64, VERSION_ZIP64 } from "./local_header.ts";
import type { RandomAccess } from "./random_access.ts";
import { HEAD_BYTES, recogniseFile } from "./recognise_file.ts";

/** Where the directory of an archive is. */
export interface EndRecord {
  readonly entries: number;
  readonly directoryBytes: number;
  readonly directoryAt: number;
}

const SIGNATURE = 0x06054b50;
const ZIP64_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
/** How the first part of an archive begins that was split into several. */
const SPLIT_SIGNATURE = 0x08074b50;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const LOCATOR_BYTES = 20;
const MAX_COMMENT_BYTES = 0xffff;

/**
 * Writes what ends an archive, with the ZIP64 records before it when a number needs them.
 *
 * @see APPNOTE.TXT 4.3.14, 4.3.15, 4.3.16
 */
export function encodeEnd(end: EndRecord): Uint8Array {
  const zip64 = end.entries >= 0xffff || end.directoryBytes >= IN_ZIP64 ||
    end.directoryAt >= IN_ZIP64;
  const bytes = Buffer.alloc(END_BYTES + (zip64 ? ZIP64_END_BYTES + LOCATOR_BYTES : 0));
  if (zip64) writeZip64End(bytes, end);
  const at = bytes.length - END_BYTES;
  bytes.writeUInt32LE(SIGNATURE, at);
  bytes.writeUInt16LE(Math.min(end.entries, 0xffff), at + 8);
  bytes.writeUInt16LE(Math.min(end.entries, 0xffff), at + 10);
  bytes.writeUInt32LE(Math.min(end.directoryBytes, IN_ZIP64), at + 12);
  bytes.writeUInt32LE(Math.min(end.directoryAt, IN_ZIP64), at + 16);
  return bytes;
}

function writeZip64End(bytes: Buffer, end: EndRecord): void {
  bytes.writeUInt32LE(ZIP64_SIGNATURE, 0);
  bytes.writeBigUInt64LE(BigInt(ZIP64_END_BYTES - 12), 4);
  bytes.writeUInt16LE((3 << 8) | VERSION_ZIP64, 12);
  bytes.writeUInt16LE(VERSION_ZIP64, 14);
  bytes.writeBigUInt64LE(BigInt(end.entries), 24);
  bytes.writeBigUInt64LE(BigInt(end.entries), 32);
  bytes.writeBigUInt64LE(BigInt(end.directoryBytes), 40);
  bytes.writeBigUInt64LE(BigInt(end.directoryAt), 48);
  bytes.writeUInt32LE(LOCATOR_SIGNATURE, ZIP64_END_BYTES);
  bytes.writeBigUInt64LE(BigInt(end.directoryAt + end.directoryBytes), ZIP64_END_BYTES + 8);
  bytes.writeUInt32LE(1, ZIP64_END_BYTES + 16);
}

/**
 * Finds the directory of an archive from the end of its file.
 *
 * @throws {AppError} `archive.not_zip` for another kind of file, `archive.damaged` for one cut short or
 *   whose numbers disagree, `archive.hostile` when two ends are possible, `archive.unsupported` for one
 *   of several disks.
 */
export async function readEnd(file: RandomAccess): Promise<EndRecord> {
  const tailBytes = Math.min(file.size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await file.read(file.size - tailBytes, tailBytes);
  const candidates = findEnds(tail);
  const [at] = candidates;
  if (at === undefined) throw await explainMissingEnd(file, tail);
  if (candidates.length > 1) {
    throw new AppError("archive.hostile", { path: "", found: "two possible ends of the archive" });
  }
  const disks = tail.readUInt16LE(at + 4) | tail.readUInt16LE(at + 6);
  if (disks !== 0 && disks !== 0xffff) {
    throw splitUp("the last of several parts");
  }
  const plain: EndRecord = {
    entries: tail.readUInt16LE(at + 10),
    directoryBytes: tail.readUInt32LE(at + 12),
    directoryAt: tail.readUInt32LE(at + 16),
  };
  // Some programs go by this number: they would see another archive.
  if (tail.readUInt16LE(at + 8) !== plain.entries) throw disagree("number of entries");
  const endAt = file.size - tailBytes + at;
  const zip64 = await readZip64End(file, plain, endAt);
  return await checkPlace(file, zip64 ?? { end: plain, recordsAt: endAt });
}

/** Offsets in `tail` of records whose comment ends where the file ends, last first. */
function findEnds(tail: Buffer): number[] {
  const found: number[] = [];
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== SIGNATURE) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length) found.push(at);
  }
  return found;
}

async function explainMissingEnd(file: RandomAccess, tail: Buffer): Promise<AppError> {
  const head = await file.read(0, Math.min(HEAD_BYTES, file.size));
  const mark = head.length < 4 ? 0 : head.readUInt32LE(0);
  if (mark === SPLIT_SIGNATURE) return splitUp("the first of several parts");
  if (mark !== LOCAL_SIGNATURE && mark !== SIGNATURE) {
    const found = recogniseFile(head) ?? unknownFile(file.size);
    return new AppError("archive.not_zip", { found });
  }
  const behind = bytesBehindEnd(tail);
  if (behind !== null) return surrounded("behind", behind);
  const zeros = tail.length - 1 - tail.findLastIndex((byte) => byte !== 0);
  return new AppError("archive.damaged", {
    found: zeros > END_BYTES
      ? `the end of the archive is missing, its last ${zeros} bytes are zeros`
      : "the end of the archive is missing",
    why: "cut",
    size: file.size,
  });
}

/** How many bytes follow what would be the end if they did not; `null` when there is no end at all. */
function bytesBehindEnd(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== SIGNATURE) continue;
    const end = at + END_BYTES + tail.readUInt16LE(at + 20);
    if (end < tail.length) return tail.length - end;
  }
  return null;
}

function unknownFile(bytes: number): Notice {
  return { zh: `别的内容（${bytes} 字节）`, en: `something else (${bytes} bytes)` };
}

function surrounded(where: "before" | "behind", bytes: number): AppError {
  const found = `${bytes} bytes ${where} it that are not its own`;
  return new AppError("archive.damaged", { found, why: where, bytes });
}

function splitUp(found: string): AppError {
  return new AppError("archive.unsupported", { path: "", found, why: "split" });
}

interface PlacedEnd {
  readonly end: EndRecord;
  /** Where the records that end the archive begin: right after the directory. */
  readonly recordsAt: number;
}

async function readZip64End(
  file: RandomAccess,
  plain: EndRecord,
  endAt: number,
): Promise<PlacedEnd | null> {
  if (endAt < LOCATOR_BYTES + ZIP64_END_BYTES) return null;
  const locator = await file.read(endAt - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR_SIGNATURE) return null;
  const recordsAt = Number(locator.readBigUInt64LE(8));
  if (recordsAt > endAt - LOCATOR_BYTES - ZIP64_END_BYTES) throw disagree("ZIP64 locator");
  const record = await file.read(recordsAt, ZIP64_END_BYTES);
  if (
    record.readUInt32LE(0) !== ZIP64_SIGNATURE ||
    recordsAt + 12 + Number(record.readBigUInt64LE(4)) !== endAt - LOCATOR_BYTES
  ) throw disagree("ZIP64 end record");
  const end = {
    entries: Number(record.readBigUInt64LE(32)),
    directoryBytes: Number(record.readBigUInt64LE(40)),
    directoryAt: Number(record.readBigUInt64LE(48)),
  };
  if (Number(record.readBigUInt64LE(24)) !== end.entries) throw disagree("number of entries");
  // A plain number that is not "see ZIP64" must say the same, or two programs see two archives.
  const agrees = (narrow: number, wide: number, mark: number) => narrow === mark || narrow === wide;
  if (
    !agrees(plain.entries, end.entries, 0xffff) ||
    !agrees(plain.directoryBytes, end.directoryBytes, IN_ZIP64) ||
    !agrees(plain.directoryAt, end.directoryAt, IN_ZIP64)
  ) throw disagree("ZIP64 end record");
  return { end, recordsAt };
}

async function checkPlace(file: RandomAccess, { end, recordsAt }: PlacedEnd): Promise<EndRecord> {
  const shift = recordsAt - end.directoryBytes - end.directoryAt;
  if (shift === 0) return end;
  // Something was put before an archive that is whole otherwise.
  if (shift > 0 && end.entries > 0) {
    const there = await file.read(end.directoryAt + shift, 4);
    if (there.readUInt32LE(0) === CENTRAL_SIGNATURE) throw surrounded("before", shift);
  }
  throw disagree("directory's place");
}

function disagree(what: string): AppError {
  return new AppError("archive.damaged", { found: `the ${what} disagrees with the file` });
}
