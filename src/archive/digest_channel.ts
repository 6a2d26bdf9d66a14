import { WorkerChannel } from "./worker_channel.ts";

/** Bytes to hash: the first `length` of `buffer`; `null` asks for the result. */
export type DigestRequest =
  | { readonly buffer: Uint8Array<ArrayBuffer>; readonly length: number }
  | null;

/** The buffer back, or the result. */
export type DigestReply = { readonly buffer: Uint8Array<ArrayBuffer> } | Digests;

/** Both hashes of a file, hex. */
export interface Digests {
  readonly md5: string;
  readonly sha256: string;
}

/** Buffers that may wait to be hashed. */
const MAX_WAITING = 3;

/**
 * Hashes a file's bytes, MD5 and SHA-256, in a thread of its own.
 *
 * MD5 is slower than any disk worth the name; here it costs the caller nothing. Buffers travel there and
 * come back, so memory is what {@linkcode DigestChannel.take} handed out: four or five buffers.
 */
export class DigestChannel implements Disposable {
  readonly #worker = new WorkerChannel<DigestRequest, DigestReply>(
    new URL("./digest_worker.ts", import.meta.url),
  );
  readonly #bufferBytes: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: Promise<DigestReply>[] = [];

  /** @param bufferBytes Size of each buffer. */
  constructor(bufferBytes: number) {
    this.#bufferBytes = bufferBytes;
  }

  /** Gives a buffer to fill. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(this.#bufferBytes);
  }

  /**
   * Hashes the first `length` bytes of a buffer from {@linkcode DigestChannel.take}, and takes it away.
   *
   * Waits when too many are waiting.
   *
   * @throws {AppError} `worker.crashed`.
   */
  async give(buffer: Uint8Array<ArrayBuffer>, length: number): Promise<void> {
    const answer = this.#worker.call({ buffer, length }, [buffer.buffer]);
    answer.catch(() => {}); // Reported by the await below, or by finish().
    this.#waiting.push(answer);
    if (this.#waiting.length > MAX_WAITING) await this.#settleOne();
  }

  /** Ends with the hashes of all that was given. */
  async finish(): Promise<Digests> {
    while (this.#waiting.length > 0) await this.#settleOne();
    const reply = await this.#worker.call(null);
    if ("buffer" in reply) throw new TypeError("the digest worker answered out of turn");
    return reply;
  }

  async #settleOne(): Promise<void> {
    const reply = await this.#waiting.shift();
    if (reply !== undefined && "buffer" in reply) this.#free.push(reply.buffer);
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}
