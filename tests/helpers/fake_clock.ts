import type { Clock } from "../../src/base/clock.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #elapsed = 0;

  constructor(start: string | number) {
    this.#now = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#now += ms;
    this.#elapsed += ms;
  }

  /** Sets the wall clock, as an administrator or a bad battery does; durations go on as before. */
  jumpTo(instant: string | number): void {
    this.#now = typeof instant === "number" ? instant : Date.parse(instant);
  }
}
