import { AppError } from "../base/errors.ts";

/** Stops a thread that is too busy to hear a message, when a signal is aborted. */
export class StopFlag implements Disposable {
  /** What is sent to the thread. */
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #signal: AbortSignal;
  readonly #raise = () => Atomics.store(new Int32Array(this.memory), 0, 1);

  /** @throws The signal's reason when it is aborted already. */
  constructor(signal: AbortSignal) {
    signal.throwIfAborted();
    this.#signal = signal;
    signal.addEventListener("abort", this.#raise);
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#raise);
  }
}

/**
 * Gives the thread a look at the flag, which takes no time.
 *
 * @param memory Of the flag.
 * @returns Throws `job.cancelled` once the flag is raised; the true reason is known to whoever raised it.
 */
export function stopLook(memory: SharedArrayBuffer): () => void {
  const cell = new Int32Array(memory);
  return () => {
    if (Atomics.load(cell, 0) !== 0) throw new AppError("job.cancelled");
  };
}
