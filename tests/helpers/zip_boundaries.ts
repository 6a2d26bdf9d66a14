import { Buffer } from "node:buffer";

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const END = 0x06054b50;

/** A place in a ZIP where one thing ends and the next begins. */
export interface Boundary {
  readonly at: number;
  /** What begins here. */
  readonly what: string;
}

/**
 * Lists every structural boundary of a plain ZIP by reading it from the front, without the product's reader.
 *
 * Content is measured by the directory, so that data descriptors are found too.
 *
 * @see APPNOTE.TXT 4.3
 */
export function zipBoundaries(archive: Uint8Array): Boundary[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.length);
  const sizes = compressedSizes(bytes);
  const found: Boundary[] = [];
  const mark = (at: number, what: string) => found.push({ at, what });
  for (let at = 0; at + 4 <= bytes.length;) {
    const signature = bytes.readUInt32LE(at);
    if (signature === LOCAL) {
      mark(at, "local header");
      mark(at + 30, "name in a local header");
      const dataAt = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
      mark(dataAt, "content");
      at = dataAt + (sizes.get(at) ?? 0);
    } else if (signature === DESCRIPTOR) {
      mark(at, "data descriptor");
      at += isNext(bytes, at + 16) ? 16 : 24;
    } else if (signature === CENTRAL) {
      mark(at, "directory record");
      mark(at + 46, "name in the directory");
      at = recordEnd(bytes, at);
    } else if (signature === ZIP64_END) {
      mark(at, "ZIP64 end");
      at += 12 + Number(bytes.readBigUInt64LE(at + 4));
    } else if (signature === ZIP64_LOCATOR) {
      mark(at, "ZIP64 locator");
      at += 20;
    } else if (signature === END) {
      mark(at, "end");
      mark(at + 20, "length of the comment");
      at += 22 + bytes.readUInt16LE(at + 20);
    } else throw new Error(`nothing known at byte ${at}`);
  }
  mark(bytes.length, "nothing");
  return found;
}

/** By the place of the local header. */
function compressedSizes(bytes: Buffer): Map<number, number> {
  const sizes = new Map<number, number>();
  const directoryAt = bytes.readUInt32LE(bytes.length - 6);
  for (let at = directoryAt; bytes.readUInt32LE(at) === CENTRAL; at = recordEnd(bytes, at)) {
    sizes.set(bytes.readUInt32LE(at + 42), bytes.readUInt32LE(at + 20));
  }
  return sizes;
}

function recordEnd(bytes: Buffer, at: number): number {
  return at + 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) +
    bytes.readUInt16LE(at + 32);
}

function isNext(bytes: Buffer, at: number): boolean {
  return [LOCAL, CENTRAL].includes(bytes.readUInt32LE(at));
}
