import type { Logger } from "../base/log.ts";

/** Calls one function again and again, never twice at once, until it is disposed of. */
export class RestoreWatch implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #busy = false;

  /**
   * @param look What to call; a failure is logged, and the next turn tries again.
   * @param everyMs Between calls.
   */
  constructor(look: () => Promise<void>, everyMs: number, log: Logger) {
    this.#timer = setInterval(() => {
      if (this.#busy) return;
      this.#busy = true;
      look().catch((error) => log.error("restore.look_failed", { error })).finally(() => {
        this.#busy = false;
      });
    }, everyMs);
    Deno.unrefTimer(this.#timer);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
