import { Buffer } from "node:buffer";

/** More than any record has. */
const PAGE_BYTES = 256 * 1024;

/** A place in memory. */
export interface RecordPlace {
  readonly page: Buffer;
  /** Where in the page the record begins. */
  readonly at: number;
}

/**
 * Small records of any kind, one behind the other, none of them across the end of a page: a million take the bytes they have
 * and no more, where objects take hundreds each.
 */
export class PackedRecords {
  readonly #pages: Buffer[] = [];
  /** Where each page's records end. */
  readonly #ends: number[] = [];

  /** Makes room for one of so many bytes, behind the others. */
  push(bytes: number): RecordPlace {
    if (this.#ends.length === 0 || (this.#ends.at(-1) ?? 0) + bytes > PAGE_BYTES) {
      this.#pages.push(Buffer.alloc(PAGE_BYTES));
      this.#ends.push(0);
    }
    const at = this.#ends.at(-1) ?? 0;
    this.#ends[this.#ends.length - 1] = at + bytes;
    return { page: this.#pages.at(-1) as Buffer, at };
  }

  /**
   * Visits all in their order.
   *
   * @param endOf Tells where a record ends.
   */
  *places(endOf: (place: RecordPlace) => number): Generator<RecordPlace> {
    for (const [index, page] of this.#pages.entries()) {
      const end = this.#ends[index] ?? 0;
      for (let at = 0; at < end;) {
        const place = { page, at };
        yield place;
        at = endOf(place);
      }
    }
  }
}
