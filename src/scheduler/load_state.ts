import { stampTime } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { retryAfter } from "./decide.ts";
import { type Configured, freshState, keepAside, readState, type SchedulerState } from "./state.ts";

/** What the state of the last run is measured against. */
export interface LoadStateOptions {
  readonly stateFile: string;
  readonly configured: Configured;
  readonly now: number;
  readonly timeZone: string;
  readonly log: Logger;
  /** Whether automatic backups exist, which a lost state file then explains badly. */
  readonly hasAutoBackups: () => Promise<boolean>;
}

/**
 * Brings the scheduler's state into the present: read, or rebuilt from the configuration where the file is
 * missing, damaged or cannot be read; a configuration that changed since wins; a run that was cut short is owed again.
 */
export async function loadState(options: LoadStateOptions): Promise<SchedulerState> {
  const { stateFile, configured, now, timeZone, log } = options;
  const found = await readState(stateFile);
  if (found.kind === "found") {
    return resumeCutShort(adoptConfigured(found.state, configured, now), now);
  }
  if (found.kind === "damaged") {
    const aside = await keepAside(stateFile, stampTime(now, timeZone));
    log.warn("scheduler.state_damaged", { path: stateFile, kept_as: aside, why: found.why });
  } else if (!configured.enabled && await options.hasAutoBackups()) {
    log.warn("scheduler.state_lost", { path: stateFile });
  }
  return freshState(configured, now);
}

/** What was set by API holds until the configured value is another than it was then. */
function adoptConfigured(
  state: SchedulerState,
  configured: Configured,
  now: number,
): SchedulerState {
  const was = state.configured;
  const enabled = was.enabled === configured.enabled ? state.enabled : configured.enabled;
  const schedule = was.schedule === configured.schedule ? state.schedule : configured.schedule;
  const isSame = enabled === state.enabled && schedule === state.schedule;
  // Under a new schedule nothing was missed: it did not apply before now.
  const due = isSame ? {} : { checkedUntil: now, retry: null };
  return { ...state, configured, enabled, schedule, ...due };
}

/** A stop in the middle counts as a failed try: a backup that ends the process must not do so for ever. */
function resumeCutShort(state: SchedulerState, now: number): SchedulerState {
  if (state.runningSince === null) return state;
  const failures = (state.retry?.failures ?? 0) + 1;
  return {
    ...state,
    runningSince: null,
    lastRun: state.runningSince,
    lastStatus: "失败",
    lastError: {
      zh: "服务在备份完成之前停止",
      en: "The service stopped before the backup was complete",
    },
    retry: state.enabled ? retryAfter(failures, now) : null,
  };
}
