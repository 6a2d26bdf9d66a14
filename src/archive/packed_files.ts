import { Buffer } from "node:buffer";
import { encodeFileRecords, type FileRecords } from "./file_records.ts";
import { PackedRecords, type RecordPlace } from "./packed_records.ts";
import type { FileRecord } from "./types.ts";

/** Before a name: its length, the file's size, and its SHA-256. */
const FIXED_BYTES = 2 + 8 + 32;

/** Lists files while an archive is being written: their names and {@linkcode FIXED_BYTES} bytes for each. */
export class PackedFiles implements FileRecords {
  readonly #records = new PackedRecords();

  /** Adds one at the end. */
  add({ path, size, sha256 }: FileRecord): void {
    const nameBytes = Buffer.byteLength(path);
    const { page, at } = this.#records.push(FIXED_BYTES + nameBytes);
    page.writeUInt16LE(nameBytes, at);
    page.writeDoubleLE(size, at + 2);
    page.write(sha256, at + 10, "hex");
    page.write(path, at + FIXED_BYTES);
  }

  json(): AsyncGenerator<Uint8Array> {
    return encodeFileRecords(this.#files());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FileRecord> {
    yield* this.#files();
  }

  *#files(): Generator<FileRecord> {
    for (const { page, at } of this.#records.places(endOf)) {
      yield {
        path: page.toString("utf8", at + FIXED_BYTES, endOf({ page, at })),
        size: page.readDoubleLE(at + 2),
        sha256: page.toString("hex", at + 10, at + FIXED_BYTES),
      };
    }
  }
}

function endOf({ page, at }: RecordPlace): number {
  return at + FIXED_BYTES + page.readUInt16LE(at);
}
