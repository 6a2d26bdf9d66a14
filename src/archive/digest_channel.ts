import { createHash } from "node:crypto";
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

/** Buffers that may wait to be hashed; so many are hashed without a thread when no more come. */
const MAX_WAITING = 3;

interface Filled {
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly length: number;
}

/**
 * Hashes a file's bytes, MD5 and SHA-256, in a thread of its own once there are more than a few.
 *
 * MD5 is slower than any disk worth the name; there it costs the caller nothing. Buffers travel to the
 * thread and come back, so memory is what {@linkcode DigestChannel.take} handed out: four or five buffers.
 */
export class DigestChannel implements Disposable {
  readonly #bufferBytes: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: Promise<DigestReply>[] = [];
  /** The beginning, until there is a thread. */
  #held: Filled[] = [];
  #worker: WorkerChannel<DigestRequest, DigestReply> | null = null;

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
    if (this.#worker === null) {
      this.#held.push({ buffer, length });
      if (this.#held.length <= MAX_WAITING) return;
      this.#worker = new WorkerChannel(new URL("./digest_worker.ts", import.meta.url));
      for (const held of this.#held.splice(0)) this.#send(this.#worker, held);
    } else this.#send(this.#worker, { buffer, length });
    if (this.#waiting.length > MAX_WAITING) await this.#settleOne();
  }

  /** Ends with the hashes of all that was given. */
  async finish(): Promise<Digests> {
    if (this.#worker === null) return hashHere(this.#held.splice(0));
    while (this.#waiting.length > 0) await this.#settleOne();
    const reply = await this.#worker.call(null);
    if ("buffer" in reply) throw new TypeError("the digest worker answered out of turn");
    return reply;
  }

  #send(worker: WorkerChannel<DigestRequest, DigestReply>, filled: Filled): void {
    const answer = worker.call(filled, [filled.buffer.buffer]);
    answer.catch(() => {}); // Reported when it is awaited in its turn.
    this.#waiting.push(answer);
  }

  async #settleOne(): Promise<void> {
    const reply = await this.#waiting.shift();
    if (reply !== undefined && "buffer" in reply) this.#free.push(reply.buffer);
  }

  [Symbol.dispose](): void {
    this.#worker?.[Symbol.dispose]();
  }
}

function hashHere(filled: readonly Filled[]): Digests {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  for (const { buffer, length } of filled) {
    const bytes = buffer.subarray(0, length);
    md5.update(bytes);
    sha256.update(bytes);
  }
  return { md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}
