/** Calls `tick` about once a minute until `signal` is aborted. */
export type Heartbeat = (tick: () => void, signal: AbortSignal) => void;

let registrations = 0;

/**
 * The heartbeat of the product: one static `Deno.cron`.
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
