import type { Clock } from "../base/clock.ts";
import { type Pause, pause as systemPause } from "../base/pause.ts";
import type { Source } from "../storage/source.ts";
import type { GetOptions, PutOptions, Target } from "./target.ts";

/** How fast, and by whose clock. */
export interface LimitOptions {
  /** Both ways together. */
  readonly bytesPerSecond: number;
  readonly clock: Pick<Clock, "elapsed">;
  readonly pause?: Pause;
}

/** Bytes that may go at once after a silence, in seconds of the limit. */
const BURST_SECONDS = 1;

/**
 * Holds a target's uploads and downloads to a speed, so that a family's evening is not spent waiting for a backup.
 *
 * Several calls share the limit. What was handed over is paid for afterwards: no piece is cut smaller for it.
 */
export function limiting(target: Target, options: LimitOptions): Target {
  const budget = new Budget(options);
  return {
    kind: target.kind,
    abilities: target.abilities,
    probe: (calling) => target.probe(calling),
    put: (name, source, calling = {}) =>
      target.put(name, limitedSource(source, budget, calling), calling),
    get: async (name, calling = {}) =>
      limitedStream(await target.get(name, calling), budget, calling),
    stat: (name, calling) => target.stat(name, calling),
    list: (prefix, calling) => target.list(prefix, calling),
    remove: (name, calling) => target.remove(name, calling),
    space: (calling) => target.space(calling),
    sweep: (calling) => target.sweep(calling),
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

/** Bytes that may go, growing with time; below zero somebody has to wait. */
class Budget {
  readonly #rate: number;
  readonly #clock: LimitOptions["clock"];
  readonly #pause: Pause;
  #left: number;
  #at: number;

  constructor({ bytesPerSecond, clock, pause = systemPause }: LimitOptions) {
    this.#rate = bytesPerSecond;
    this.#clock = clock;
    this.#pause = pause;
    this.#left = bytesPerSecond * BURST_SECONDS;
    this.#at = clock.elapsed();
  }

  async spend(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const now = this.#clock.elapsed();
    const earned = (now - this.#at) / 1000 * this.#rate;
    this.#left = Math.min(this.#rate * BURST_SECONDS, this.#left + earned) - bytes;
    this.#at = now;
    if (this.#left >= 0) return;
    await this.#pause(-this.#left / this.#rate * 1000, signal === undefined ? {} : { signal });
  }
}

function limitedSource(source: Source, budget: Budget, { signal }: PutOptions): Source {
  return {
    size: source.size,
    read: async (offset, buffer) => {
      const filled = await source.read(offset, buffer);
      await budget.spend(filled, signal);
      return filled;
    },
    // The one who opened it closes it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function limitedStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  budget: Budget,
  { signal }: GetOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return stream.pipeThrough(
    new TransformStream({
      transform: async (chunk, controller) => {
        await budget.spend(chunk.length, signal);
        controller.enqueue(chunk);
      },
    }),
  );
}
