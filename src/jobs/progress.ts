import type { Clock } from "../base/clock.ts";

/** How far a job is. */
export interface ProgressReading {
  readonly phase: string;
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

/** Seconds over which the rate is smoothed. */
const WINDOW_SECONDS = 3;

/** Counts bytes within a phase and tells rate and remaining time. */
export class Progress {
  readonly #clock: Clock;
  #phase = "starting";
  #doneBytes = 0;
  #totalBytes: number | null = null;
  #rate: number | null = null;
  #measuredAt: number;
  #measuredBytes = 0;

  /** @param clock Its `elapsed()` gives the rate. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#measuredAt = clock.elapsed();
  }

  /** Starts a phase at zero bytes. */
  begin(phase: string, totalBytes: number | null): void {
    this.#phase = phase;
    this.#totalBytes = totalBytes;
    this.#doneBytes = 0;
    this.#rate = null;
    this.#measuredAt = this.#clock.elapsed();
    this.#measuredBytes = 0;
  }

  /** Sets the bytes done, and the total when it changed. */
  reach(doneBytes: number, totalBytes: number | null = this.#totalBytes): void {
    this.#doneBytes = doneBytes;
    this.#totalBytes = totalBytes;
    this.#measure();
  }

  /** Adds to the bytes done. */
  advance(bytes: number): void {
    this.reach(this.#doneBytes + bytes);
  }

  /** How far it is now. */
  read(): ProgressReading {
    const left = this.#totalBytes === null ? null : Math.max(0, this.#totalBytes - this.#doneBytes);
    return {
      phase: this.#phase,
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond: this.#rate === null ? null : Math.round(this.#rate),
      etaSeconds: left === null || this.#rate === null || this.#rate <= 0
        ? null
        : Math.ceil(left / this.#rate),
    };
  }

  #measure(): void {
    const seconds = (this.#clock.elapsed() - this.#measuredAt) / 1000;
    if (seconds < 0.25) return;
    const current = (this.#doneBytes - this.#measuredBytes) / seconds;
    const weight = Math.min(1, seconds / WINDOW_SECONDS);
    this.#rate = this.#rate === null ? current : this.#rate * (1 - weight) + current * weight;
    this.#measuredAt += seconds * 1000;
    this.#measuredBytes = this.#doneBytes;
  }
}
