import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";

/** An entry of which every field can lie. */
export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array | string;
  readonly method?: number;
  /** Bytes as kept; made of `content` and `method` when absent. */
  readonly data?: Uint8Array;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly attributes?: number;
  readonly madeBy?: number;
  readonly extra?: Uint8Array;
  readonly disk?: number;
  /** Where the directory says the entry begins. */
  readonly offset?: number;
  /** What the local header says where it differs from the directory. */
  readonly local?: Partial<RawEntry>;
}

export interface RawEnd {
  readonly entries?: number;
  readonly directoryAt?: number;
  readonly directoryBytes?: number;
  readonly disk?: number;
  readonly comment?: Uint8Array;
  readonly zip64?: { entries: number; directoryAt?: number; directoryBytes?: number };
}

/** Builds an archive of entries as they are told, true or not. */
export function rawZip(entries: readonly RawEntry[], end: RawEnd = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const filled = fill(entry);
    const local = fill({ ...entry, ...entry.local });
    parts.push(localHeader(local), Buffer.from(filled.data));
    directory.push(centralRecord({ ...filled, offset: entry.offset ?? at }));
    at += 30 + local.name.length + local.data.length;
  }
  const central = Buffer.concat(directory);
  const directoryAt = end.directoryAt ?? at;
  const directoryBytes = end.directoryBytes ?? central.length;
  const wide = end.zip64 === undefined ? Buffer.alloc(0) : zip64End(
    end.zip64.entries,
    end.zip64.directoryBytes ?? directoryBytes,
    end.zip64.directoryAt ?? directoryAt,
    at + central.length,
  );
  const comment = end.comment ?? new Uint8Array(0);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(end.disk ?? 0, 4);
  last.writeUInt16LE(end.disk ?? 0, 6);
  last.writeUInt16LE(end.entries ?? entries.length, 8);
  last.writeUInt16LE(end.entries ?? entries.length, 10);
  last.writeUInt32LE(directoryBytes, 12);
  last.writeUInt32LE(directoryAt, 16);
  last.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, central, wide, last, comment]);
}

function fill(entry: Partial<RawEntry>) {
  const content = Buffer.from(entry.content ?? "content");
  const method = entry.method ?? 0;
  const data = entry.data ?? (method === 8 ? deflateRawSync(content) : content);
  return {
    name: Buffer.from(entry.name ?? ""),
    method,
    data,
    flags: entry.flags ?? 0x800,
    crc: entry.crc ?? crc32(content),
    size: entry.size ?? content.length,
    compressedSize: entry.compressedSize ?? data.length,
    attributes: entry.attributes ?? 0,
    madeBy: entry.madeBy ?? 3,
    extra: Buffer.from(entry.extra ?? []),
    disk: entry.disk ?? 0,
  };
}

type Filled = ReturnType<typeof fill>;

function localHeader(entry: Filled): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.writeUInt32LE(0x04034b50, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt16LE(entry.flags, 6);
  bytes.writeUInt16LE(entry.method, 8);
  bytes.writeUInt32LE(entry.crc, 14);
  bytes.writeUInt32LE(entry.compressedSize, 18);
  bytes.writeUInt32LE(entry.size, 22);
  bytes.writeUInt16LE(entry.name.length, 26);
  return Buffer.concat([bytes, entry.name]);
}

function centralRecord(entry: Filled & { offset: number }): Buffer {
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(0x02014b50, 0);
  bytes.writeUInt8(entry.madeBy, 5);
  bytes.writeUInt16LE(entry.flags, 8);
  bytes.writeUInt16LE(entry.method, 10);
  bytes.writeUInt32LE(entry.crc, 16);
  bytes.writeUInt32LE(entry.compressedSize, 20);
  bytes.writeUInt32LE(entry.size, 24);
  bytes.writeUInt16LE(entry.name.length, 28);
  bytes.writeUInt16LE(entry.extra.length, 30);
  bytes.writeUInt16LE(entry.disk, 34);
  bytes.writeUInt32LE(entry.attributes, 38);
  bytes.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([bytes, entry.name, entry.extra]);
}

function zip64End(entries: number, bytes: number, directoryAt: number, at: number): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(directoryAt), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(at), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

/** An extra field. */
export function extraField(id: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(content.length, 2);
  return Buffer.concat([head, content]);
}
