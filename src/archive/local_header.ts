import { Buffer } from "node:buffer";

/** How an entry's bytes are kept: 0 as they are, 8 deflated. */
export type Method = 0 | 8;

/** Facts of one entry, as its header before the content and the directory both tell them. */
export interface EntryHeader {
  /** UTF-8. */
  readonly name: Uint8Array;
  readonly method: number;
  readonly flags: number;
  readonly dosTime: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** Bit 0: encrypted. */
export const FLAG_ENCRYPTED = 1;
/** Bit 3: CRC and sizes follow the content, in a data descriptor. */
export const FLAG_DESCRIPTOR = 1 << 3;
/** Bit 11: the name is UTF-8. */
export const FLAG_UTF8 = 1 << 11;

/** The value of a 32-bit field whose true value stands in the ZIP64 extra field. */
export const IN_ZIP64 = 0xffff_ffff;
/** Version of the format that a reader needs for deflate: 2.0. */
export const VERSION_DEFLATE = 20;
/** Version of the format that a reader needs for ZIP64: 4.5. */
export const VERSION_ZIP64 = 45;

const SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
/** Bytes of a local header without name and extra field. */
export const LOCAL_HEADER_BYTES = 30;

/**
 * Writes the header that stands before an entry's content.
 *
 * @param entry With {@linkcode FLAG_DESCRIPTOR} its CRC and sizes are written as unknown.
 * @param zip64 The content may reach 4 GiB; the descriptor after it then has 64-bit sizes.
 * @see APPNOTE.TXT 4.3.7
 */
export function encodeLocalHeader(entry: EntryHeader, zip64: boolean): Uint8Array {
  const unknown = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  const extraBytes = zip64 ? 20 : 0;
  const bytes = Buffer.alloc(LOCAL_HEADER_BYTES + entry.name.length + extraBytes);
  const compressedSize = unknown ? 0 : entry.compressedSize;
  const size = unknown ? 0 : entry.size;
  bytes.writeUInt32LE(SIGNATURE, 0);
  bytes.writeUInt16LE(zip64 ? VERSION_ZIP64 : VERSION_DEFLATE, 4);
  bytes.writeUInt16LE(entry.flags, 6);
  bytes.writeUInt16LE(entry.method, 8);
  bytes.writeUInt32LE(entry.dosTime, 10);
  bytes.writeUInt32LE(unknown ? 0 : entry.crc, 14);
  bytes.writeUInt32LE(zip64 ? IN_ZIP64 : compressedSize, 18);
  bytes.writeUInt32LE(zip64 ? IN_ZIP64 : size, 22);
  bytes.writeUInt16LE(entry.name.length, 26);
  bytes.writeUInt16LE(extraBytes, 28);
  bytes.set(entry.name, LOCAL_HEADER_BYTES);
  if (zip64) {
    const extra = LOCAL_HEADER_BYTES + entry.name.length;
    bytes.writeUInt16LE(1, extra);
    bytes.writeUInt16LE(16, extra + 2);
    bytes.writeBigUInt64LE(BigInt(size), extra + 4);
    bytes.writeBigUInt64LE(BigInt(compressedSize), extra + 12);
  }
  return bytes;
}

/** Fixed part of a local header as read; `null` when the signature is not there. */
export interface LocalHeader extends Omit<EntryHeader, "name"> {
  readonly nameBytes: number;
  readonly extraBytes: number;
}

/** Reads the fixed part of a local header from its first {@linkcode LOCAL_HEADER_BYTES}. */
export function decodeLocalHeader(bytes: Buffer): LocalHeader | null {
  if (bytes.readUInt32LE(0) !== SIGNATURE) return null;
  return {
    flags: bytes.readUInt16LE(6),
    method: bytes.readUInt16LE(8),
    dosTime: bytes.readUInt32LE(10),
    crc: bytes.readUInt32LE(14),
    compressedSize: bytes.readUInt32LE(18),
    size: bytes.readUInt32LE(22),
    nameBytes: bytes.readUInt16LE(26),
    extraBytes: bytes.readUInt16LE(28),
  };
}

/**
 * Writes what follows the content of an entry whose header said "unknown".
 *
 * Its sizes have 64 bits exactly when the header has a ZIP64 field: a reader of a stream tells by that.
 *
 * @see APPNOTE.TXT 4.3.9
 */
export function encodeDescriptor(entry: EntryHeader, zip64: boolean): Uint8Array {
  const bytes = Buffer.alloc(zip64 ? 24 : 16);
  bytes.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0);
  bytes.writeUInt32LE(entry.crc, 4);
  if (zip64) {
    bytes.writeBigUInt64LE(BigInt(entry.compressedSize), 8);
    bytes.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    bytes.writeUInt32LE(entry.compressedSize, 8);
    bytes.writeUInt32LE(entry.size, 12);
  }
  return bytes;
}

/**
 * Tells whether `bytes`, which follow an entry's content, are its data descriptor.
 *
 * The signature is optional and the sizes have 32 or 64 bits, as writers please.
 *
 * @param bytes Up to 24 bytes; fewer at the end of the file.
 */
export function isDescriptorOf(bytes: Buffer, entry: EntryHeader): boolean {
  return [false, true].some((zip64) => {
    if (!zip64 && Math.max(entry.size, entry.compressedSize) > IN_ZIP64) return false;
    const expected = Buffer.from(encodeDescriptor(entry, zip64));
    const bare = expected.subarray(4);
    return bytes.subarray(0, expected.length).equals(expected) ||
      bytes.subarray(0, bare.length).equals(bare);
  });
}
