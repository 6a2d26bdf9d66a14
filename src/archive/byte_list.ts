const PAGE_BYTES = 256 * 1024;

/** Bytes that only grow, packed in pages: a directory of 50,000 entries costs its 5 MB and no more. */
export class ByteList {
  readonly #pages: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    for (let taken = 0; taken < bytes.length;) {
      const at = this.#length % PAGE_BYTES;
      if (at === 0) this.#pages.push(new Uint8Array(PAGE_BYTES));
      const piece = bytes.subarray(taken, taken + PAGE_BYTES - at);
      this.#pages.at(-1)?.set(piece, at);
      this.#length += piece.length;
      taken += piece.length;
    }
  }

  /** All bytes, in one piece. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let filled = 0;
    for (const page of this.pages()) {
      bytes.set(page, filled);
      filled += page.length;
    }
    return bytes;
  }

  /** All bytes, page by page. */
  *pages(): Generator<Uint8Array> {
    let left = this.#length;
    for (const page of this.#pages) {
      yield page.subarray(0, left);
      left -= page.length;
    }
  }
}
