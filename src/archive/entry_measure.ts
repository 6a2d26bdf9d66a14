import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** What an archive records of a content. */
export interface Measured {
  readonly size: number;
  readonly crc: number;
  /** Hex. */
  readonly sha256: string;
}

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

  /** Ends the measure. */
  finish(): Measured {
    return { size: this.#size, crc: this.#crc, sha256: this.#hash.digest("hex") };
  }
}
