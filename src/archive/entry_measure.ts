import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Counts, CRC-32 and SHA-256 of an entry's content, taken as it flows by. */
export class EntryMeasure {
  #size = 0;
  #crc = 0;
  readonly #hash = createHash("sha256");

  /** Takes the next bytes, in order. */
  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    this.#hash.update(bytes);
  }

  get size(): number {
    return this.#size;
  }

  get crc(): number {
    return this.#crc;
  }

  /** Ends the measure: SHA-256 in hex. */
  sha256(): string {
    return this.#hash.digest("hex");
  }
}
