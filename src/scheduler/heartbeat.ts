/** Calls `tick` at least about once a minute until `signal` is aborted. */
export type Heartbeat = (tick: () => void, signal: AbortSignal) => void;

const BEAT_MS = 60_000;

let registrations = 0;

/**
 * The heartbeat of the product: `Deno.cron`, and a timer beside it.
 *
 * `Deno.cron` waits for an hour of the clock: set back by a day, as after a wrong date is put right, it is silent for a
 * day. The timer counts what has passed, whatever the clock says. Which of them beats makes no difference, nor does it
 * when both do.
 */
export const heartbeat: Heartbeat = (tick, signal) => {
  cronHeartbeat(tick, signal);
  steadyHeartbeat(tick, signal);
};

/**
 * One static `Deno.cron`.
 *
 * The user's expression never reaches `Deno.cron`, which counts in UTC, numbers weekdays in a way of its own,
 * loses missed runs, and ends the process over `0 0 31 2 *`. A name used again after being aborted would keep
 * its old deadline, so a second scheduler in one process gets another name.
 */
export const cronHeartbeat: Heartbeat = (tick, signal) => {
  // A signal that is aborted already would be ignored, and the cron would run for ever.
  if (signal.aborted) return;
  registrations += 1;
  const name = registrations === 1 ? "scheduler heartbeat" : `scheduler heartbeat ${registrations}`;
  void Deno.cron(name, "* * * * *", { backoffSchedule: [], signal }, tick);
};

/**
 * A timer that the clock cannot stop. Keeps no process alive.
 *
 * @param everyMs Between beats.
 */
export function steadyHeartbeat(tick: () => void, signal: AbortSignal, everyMs = BEAT_MS): void {
  if (signal.aborted) return;
  const timer = setInterval(tick, everyMs);
  Deno.unrefTimer(timer);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
