/**
 * How much of a file has been written: told by the thread that writes it, waited for by another that reads it.
 *
 * One shared cell holds both facts, twice the bytes plus one when there will be no more, so that no change can
 * fall between a look and a wait.
 */
export class WriteMark {
  /** What the other thread needs to make its own mark of the same file. */
  readonly shared: SharedArrayBuffer;
  readonly #cell: BigInt64Array;

  /** @param shared Another mark's; without it a new one at byte 0. */
  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#cell = new BigInt64Array(shared);
  }

  /** Says that the file's first `bytes` are in it. */
  reach(bytes: number): void {
    this.#store(BigInt(bytes) << 1n);
  }

  /** Says that these are all. */
  end(): void {
    this.#store(this.#load() | 1n);
  }

  /**
   * Blocks the calling thread until the file is longer than `bytes`, or complete.
   *
   * @returns Bytes that are in the file; not more than `bytes` when it is complete.
   */
  waitBeyond(bytes: number): number {
    for (;;) {
      const now = this.#load();
      const written = Number(now >> 1n);
      if (written > bytes || (now & 1n) === 1n) return written;
      Atomics.wait(this.#cell, 0, now);
    }
  }

  #load(): bigint {
    return Atomics.load(this.#cell, 0);
  }

  #store(value: bigint): void {
    Atomics.store(this.#cell, 0, value);
    Atomics.notify(this.#cell, 0);
  }
}
