import { createInflateRaw, type InflateRaw } from "node:zlib";
import { releaseInflated } from "./release_memory.ts";

/** Inflated bytes at a time: very compressible data stays bounded, and smaller pieces cost a quarter more time. */
const PIECE_BYTES = 256 * 1024;

/**
 * Inflates one raw deflate stream that is fed piece by piece.
 *
 * The taker is called at once with whatever comes out, so nothing piles up, however far it expands. `readEntry()` is
 * for takers that wait between two pieces.
 */
export class Inflater implements Disposable {
  readonly #stream: InflateRaw;
  #hasEnded = false;
  /** Settles what is being waited for. */
  #waiting: PromiseWithResolvers<void> | null = null;

  /** @param take Takes a piece of content, good until it returns. What it throws ends the stream. */
  constructor(take: (piece: Uint8Array) => void) {
    this.#stream = createInflateRaw({ chunkSize: PIECE_BYTES });
    this.#stream.on("data", (piece: Uint8Array) => {
      try {
        take(piece);
        releaseInflated(piece);
      } catch (error) {
        this.#stream.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    this.#stream.on("end", () => {
      this.#hasEnded = true;
      this.#waiting?.resolve();
    });
    this.#stream.on("error", (error) => this.#waiting?.reject(error));
  }

  /**
   * Feeds the next bytes.
   *
   * @returns How many belong to the stream. Fewer than were given: it has ended.
   * @throws What zlib says of broken data, with a `code` that begins with `Z_`; what the taker threw.
   */
  async feed(bytes: Uint8Array): Promise<number> {
    const before = this.#stream.bytesWritten;
    if (!this.#hasEnded) {
      await this.#wait((done) => this.#stream.write(bytes, (error) => error ? undefined : done()));
    }
    return this.#stream.bytesWritten - before;
  }

  /** Ends the stream where it is. @throws When that is in the middle of its data. */
  async finish(): Promise<void> {
    if (!this.#hasEnded) await this.#wait(() => this.#stream.end());
  }

  async #wait(start: (done: () => void) => void): Promise<void> {
    this.#waiting = Promise.withResolvers();
    start(this.#waiting.resolve);
    await this.#waiting.promise;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}
