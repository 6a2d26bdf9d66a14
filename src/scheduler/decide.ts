/**
 * Whether it is time: a pure function of the clock and of what has been done so far.
 *
 * @module
 */
import { nextRun } from "./cron.ts";

const MINUTE_MS = 60_000;

/** Waits before the tries that follow a failed one. */
export const RETRY_DELAYS_MS: readonly number[] = [1, 5, 15].map((minutes) => minutes * MINUTE_MS);

/** How long to wait for another job to end. */
export const BUSY_DELAY_MS = MINUTE_MS;

/** A clock set back by no more than this is waited out, so that nothing runs twice. */
const PATIENCE_MS = 60 * MINUTE_MS;

/** A try still owed. */
export interface Retry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Tries that have failed so far. */
  readonly failures: number;
}

/** What the decision depends on. All instants in milliseconds since the epoch. */
export interface DueState {
  /** `null`: switched off. */
  readonly schedule: string | null;
  readonly timeZone: string;
  /** Every occurrence up to here has been dealt with. */
  readonly checkedUntil: number;
  readonly retry: Retry | null;
}

/** What to do now. */
export interface Decision {
  /** `due`: its time has come; `missed`: it came while nobody looked; `retry`: an earlier try failed. */
  readonly run: "due" | "missed" | "retry" | null;
  readonly checkedUntil: number;
  readonly retry: Retry | null;
}

/**
 * Decides whether to run at `now`.
 *
 * However many occurrences were missed, one run makes up for them all, and a run due makes a retry of an
 * earlier one needless. A clock that was set back by up to an hour is waited out; one set back further, as
 * after a wrong date is put right, is believed.
 */
export function decide(now: number, state: DueState): Decision {
  const { schedule, timeZone, checkedUntil } = state;
  if (now < checkedUntil - PATIENCE_MS) {
    return { run: null, checkedUntil: now, retry: reachable(state.retry, now) };
  }
  const reached = Math.max(now, checkedUntil);
  if (schedule === null) return { run: null, checkedUntil: reached, retry: null };
  const due = nextRun(schedule, checkedUntil, timeZone);
  if (due !== null && due <= now) {
    const run = now - due < 2 * MINUTE_MS ? "due" : "missed";
    return { run, checkedUntil: reached, retry: null };
  }
  if (state.retry !== null && state.retry.at <= now) {
    return { run: "retry", checkedUntil: reached, retry: state.retry };
  }
  return { run: null, checkedUntil: reached, retry: state.retry };
}

/**
 * The retry owed after a failure.
 *
 * @param failures Tries that have failed, this one included.
 * @returns `null` once every try has been used.
 */
export function retryAfter(failures: number, now: number): Retry | null {
  const delay = RETRY_DELAYS_MS[failures - 1];
  return delay === undefined ? null : { at: now + delay, failures };
}

/** After the clock went back, no retry lies further off than the longest delay. */
function reachable(retry: Retry | null, now: number): Retry | null {
  const longest = RETRY_DELAYS_MS.at(-1) ?? 0;
  return retry === null ? null : { ...retry, at: Math.min(retry.at, now + longest) };
}
