import { AppError } from "../../base/errors.ts";

/**
 * The shared memory through which a caller steers work in a worker.
 *
 * A worker deep in SQLite receives no messages; this it can read between two steps.
 */
export class Control {
  readonly #cells: Int32Array;

  /** @param memory From {@linkcode Control.createMemory}, the same on both sides. */
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  /** Makes the memory of one piece of work. */
  static createMemory(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Asks the work to stop at its next step. */
  stop(): void {
    Atomics.store(this.#cells, STOP, 1);
    Atomics.notify(this.#cells, STOP);
    this.answer("stop");
  }

  /** Answers a worker that waits in {@linkcode Control.awaitAnswer}. */
  answer(answer: "go" | "stop"): void {
    Atomics.store(this.#cells, ANSWER, answer === "go" ? 1 : 2);
    Atomics.notify(this.#cells, ANSWER);
  }

  /** @throws {AppError} `job.cancelled` when the caller asked to stop; the caller knows the true reason. */
  throwIfStopped(): void {
    if (Atomics.load(this.#cells, STOP) !== 0) throw new AppError("job.cancelled");
  }

  /** Sleeps until the caller answers, in the worker only. @throws {AppError} `job.cancelled` on "stop". */
  awaitAnswer(): void {
    Atomics.wait(this.#cells, ANSWER, 0);
    const answer = Atomics.exchange(this.#cells, ANSWER, 0);
    if (answer === 2) throw new AppError("job.cancelled");
  }

  /** Sleeps, in the worker only; wakes up early when asked to stop. */
  pause(milliseconds: number): void {
    Atomics.wait(this.#cells, STOP, 0, milliseconds);
    this.throwIfStopped();
  }
}

const STOP = 0;
const ANSWER = 1;
