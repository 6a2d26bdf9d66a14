import { offsetTime } from "../base/clock.ts";
import type { Notice } from "../base/messages/mod.ts";
import { nextRun } from "./cron.ts";
import type { LastStatus, SchedulerState } from "./state.ts";

/** `GET scheduler/status`. Times carry the offset of `time_zone`. */
export interface SchedulerStatus {
  readonly running: boolean;
  readonly auto_backup_enabled: boolean;
  readonly schedule: string;
  readonly next_run: string | null;
  readonly last_run: string | null;
  readonly last_status: LastStatus;
  readonly last_error: Notice | null;
  /** Empty: no drills. */
  readonly drill_schedule: string;
  readonly next_drill: string | null;
  readonly time_zone: string;
  /** When a failed or postponed run is tried again. */
  readonly retry_at: string | null;
}

/** What besides the state goes into a {@linkcode SchedulerStatus}. */
export interface StatusOptions {
  /** Whether the clock is being watched. */
  readonly running: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** IANA name. */
  readonly timeZone: string;
  /** Empty: no drills. */
  readonly drillSchedule: string;
}

/** Tells how a scheduler stands. */
export function describeStatus(state: SchedulerState, options: StatusOptions): SchedulerStatus {
  const { running, now, timeZone, drillSchedule } = options;
  const { enabled, schedule } = state;
  const time = (instant: number | null) => instant === null ? null : offsetTime(instant, timeZone);
  const next = (expression: string) => time(nextRun(expression, now, timeZone));
  return {
    running,
    auto_backup_enabled: enabled,
    schedule,
    next_run: enabled ? next(schedule) : null,
    last_run: time(state.lastRun),
    last_status: state.lastStatus,
    last_error: state.lastError,
    drill_schedule: drillSchedule,
    next_drill: drillSchedule === "" ? null : next(drillSchedule),
    time_zone: timeZone,
    retry_at: time(state.retry?.at ?? null),
  };
}
