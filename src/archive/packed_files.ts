import { Buffer } from "node:buffer";
import { encodeFileRecords, type FileRecords } from "./file_records.ts";
import type { FileRecord } from "./types.ts";

/** Before a name: its length, the file's size, and its SHA-256. */
const FIXED_BYTES = 2 + 8 + 32;
/** Many records, and a name of 4096 bytes. */
const PAGE_BYTES = 256 * 1024;

/** Lists files while an archive is being written: their names and {@linkcode FIXED_BYTES} bytes for each. */
export class PackedFiles implements FileRecords {
  readonly #pages: Buffer[] = [];
  /** Where each page's records end. */
  readonly #ends: number[] = [];

  /** Adds one at the end. */
  add({ path, size, sha256 }: FileRecord): void {
    const nameBytes = Buffer.byteLength(path);
    const last = this.#ends.length - 1;
    const isFull = last < 0 || (this.#ends[last] ?? 0) + FIXED_BYTES + nameBytes > PAGE_BYTES;
    if (isFull) {
      this.#pages.push(Buffer.alloc(PAGE_BYTES));
      this.#ends.push(0);
    }
    const page = this.#pages.at(-1) as Buffer;
    const at = this.#ends.at(-1) ?? 0;
    page.writeUInt16LE(nameBytes, at);
    page.writeDoubleLE(size, at + 2);
    page.write(sha256, at + 10, "hex");
    page.write(path, at + FIXED_BYTES);
    this.#ends[this.#ends.length - 1] = at + FIXED_BYTES + nameBytes;
  }

  json(): AsyncGenerator<Uint8Array> {
    return encodeFileRecords(this.#records());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FileRecord> {
    yield* this.#records();
  }

  *#records(): Generator<FileRecord> {
    for (const [index, page] of this.#pages.entries()) {
      for (let at = 0; at < (this.#ends[index] ?? 0);) {
        const end = at + FIXED_BYTES + page.readUInt16LE(at);
        yield {
          path: page.toString("utf8", at + FIXED_BYTES, end),
          size: page.readDoubleLE(at + 2),
          sha256: page.toString("hex", at + 10, at + FIXED_BYTES),
        };
        at = end;
      }
    }
  }
}
