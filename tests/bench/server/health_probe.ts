import type { RunningServer } from "./running_server.ts";

const EVERY_MS = 20;

/** Asks for the health of a server again and again while it works. */
export class HealthProbe {
  readonly #waitsMs: number[] = [];
  #stopped = false;
  readonly #done: Promise<void>;

  /** Starts asking. */
  constructor(server: RunningServer) {
    this.#done = this.#ask(server);
  }

  /** Stops asking; gives how long each answer took, in milliseconds. */
  async stop(): Promise<number[]> {
    this.#stopped = true;
    await this.#done;
    return this.#waitsMs;
  }

  async #ask(server: RunningServer): Promise<void> {
    while (!this.#stopped) {
      const began = performance.now();
      const response = await server.health();
      await response.body?.cancel();
      this.#waitsMs.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}
