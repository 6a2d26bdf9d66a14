import { takeMemory } from "../archive/release_memory.ts";

/** What is sent: pieces of content in order, then how many bytes they were. Each message is answered with anything. */
export type SentPieces =
  | { readonly pieces: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly endedAt: number };

/** Bytes in one message. */
const BATCH_BYTES = 1024 * 1024;
/** Messages not answered yet: they bound what is held in memory. */
const MAX_WAITING = 4;

/**
 * Sends content from one thread to another, no faster than that takes it.
 *
 * Waits for ever where nobody answers: whoever started the two ends the one when the other fails.
 */
export class PieceSender implements Disposable {
  readonly #port: MessagePort;
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #held: Uint8Array<ArrayBuffer>[] = [];
  #heldBytes = 0;
  #sentBytes = 0;

  /** @param port One end of a `MessageChannel`. */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = () => this.#waiting.shift()?.resolve();
  }

  /** Sends a piece, whose memory is taken away. */
  async send(piece: Uint8Array): Promise<void> {
    this.#heldBytes += piece.length;
    this.#held.push(takeMemory(piece));
    if (this.#heldBytes >= BATCH_BYTES) await this.#flush();
  }

  /** Says that it was all, and waits until it was taken. */
  async end(): Promise<void> {
    await this.#flush();
    this.#post({ endedAt: this.#sentBytes });
    await Promise.all(this.#waiting.map(({ promise }) => promise));
  }

  async #flush(): Promise<void> {
    const pieces = this.#held;
    if (pieces.length === 0) return;
    this.#sentBytes += this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
    this.#post({ pieces }, pieces.map(({ buffer }) => buffer));
    if (this.#waiting.length >= MAX_WAITING) await this.#waiting[0]?.promise;
  }

  #post(message: SentPieces, transfer: Transferable[] = []): void {
    this.#waiting.push(Promise.withResolvers());
    this.#port.postMessage(message, transfer);
  }

  [Symbol.dispose](): void {
    this.#port.close();
  }
}
