import { dirname } from "node:path";
import { parseUtcTime, utcTime } from "../base/clock.ts";
import type { Notice } from "../base/messages/mod.ts";
import { fromOsError, isOsError, osErrorCode } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import { checkSchedule } from "./cron.ts";
import type { Retry } from "./decide.ts";

/** What the file or the environment says. */
export interface Configured {
  readonly enabled: boolean;
  readonly schedule: string;
}

/** The last word on a backup as the requirements have it. */
export type LastStatus = "未运行" | "成功" | "失败";

/** What the scheduler remembers. All instants in milliseconds since the epoch. */
export interface SchedulerState {
  /** What was configured when this was written: another value later wins over `enabled` and `schedule`. */
  readonly configured: Configured;
  readonly enabled: boolean;
  readonly schedule: string;
  readonly checkedUntil: number;
  readonly retry: Retry | null;
  /** Set while a run is under way: still set at the next start, it was cut short. */
  readonly runningSince: number | null;
  readonly lastRun: number | null;
  readonly lastStatus: LastStatus;
  readonly lastError: Notice | null;
  readonly drill: {
    readonly checkedUntil: number;
    readonly retry: Retry | null;
  };
}

/** What was found where the state should be. */
export type FoundState =
  | { readonly kind: "found"; readonly state: SchedulerState }
  | { readonly kind: "missing" }
  | { readonly kind: "damaged"; readonly why: string };

const VERSION = 1;

/** The state of a scheduler that has never run. */
export function freshState(configured: Configured, now: number): SchedulerState {
  return {
    configured,
    ...configured,
    checkedUntil: now,
    retry: null,
    runningSince: null,
    lastRun: null,
    lastStatus: "未运行",
    lastError: null,
    drill: { checkedUntil: now, retry: null },
  };
}

/**
 * Reads the state file. Everything in it is checked: it may have been edited, cut short, or written by
 * another version. One that the disk does not give out is as good as damaged: no backup fails over it.
 */
export async function readState(path: string): Promise<FoundState> {
  try {
    return { kind: "found", state: parseState(JSON.parse(await Deno.readTextFile(path))) };
  } catch (error) {
    if (isOsError(error, "ENOENT")) return { kind: "missing" };
    return { kind: "damaged", why: error instanceof Error ? error.message : String(error) };
  }
}

/** Writes the state file whole or not at all. @throws {AppError} `storage.*` */
export async function writeState(path: string, state: SchedulerState): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromOsError(error, path);
  }
  await writeAtomic(path, JSON.stringify(documentOf(state), null, 2) + "\n", { mode: 0o600 });
}

/**
 * Moves a damaged file out of the way, to be looked at later.
 *
 * @returns Where it is now; `null` when it could not be moved, as on a read-only disk.
 */
export async function keepAside(path: string, stamp: string): Promise<string | null> {
  const aside = `${path}.damaged-${stamp}`;
  try {
    await Deno.rename(path, aside);
    return aside;
  } catch (error) {
    if (osErrorCode(error) === null) throw error;
    return null;
  }
}

function documentOf(state: SchedulerState): unknown {
  const time = (instant: number | null) => instant === null ? null : utcTime(instant);
  const retry = (owed: Retry | null) =>
    owed === null ? null : { at: utcTime(owed.at), failures: owed.failures };
  return {
    version: VERSION,
    configured: state.configured,
    enabled: state.enabled,
    schedule: state.schedule,
    checked_until: time(state.checkedUntil),
    retry: retry(state.retry),
    running_since: time(state.runningSince),
    last_run: time(state.lastRun),
    last_status: state.lastStatus,
    last_error: state.lastError,
    drill: {
      checked_until: time(state.drill.checkedUntil),
      retry: retry(state.drill.retry),
    },
  };
}

function parseState(value: unknown): SchedulerState {
  const file = record(value, "the file");
  expect(file["version"] === VERSION, "version");
  const configured = record(file["configured"], "configured");
  const drill = record(file["drill"], "drill");
  const lastStatus = file["last_status"];
  expect(isLastStatus(lastStatus), "last_status");
  return {
    configured: {
      enabled: flag(configured["enabled"], "configured.enabled"),
      schedule: text(configured["schedule"], "configured.schedule"),
    },
    enabled: flag(file["enabled"], "enabled"),
    schedule: checkSchedule(text(file["schedule"], "schedule")),
    checkedUntil: instant(file["checked_until"], "checked_until"),
    retry: retryOf(file["retry"], "retry"),
    runningSince: optional(file["running_since"], (found) => instant(found, "running_since")),
    lastRun: optional(file["last_run"], (found) => instant(found, "last_run")),
    lastStatus,
    lastError: optional(file["last_error"], noticeFrom),
    drill: {
      checkedUntil: instant(drill["checked_until"], "drill.checked_until"),
      retry: retryOf(drill["retry"], "drill.retry"),
    },
  };
}

function isLastStatus(value: unknown): value is LastStatus {
  return value === "未运行" || value === "成功" || value === "失败";
}

function expect(fits: boolean, name: string): asserts fits {
  if (!fits) throw new TypeError(`unexpected value of ${name}`);
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  expect(typeof value === "object" && value !== null && !Array.isArray(value), name);
  return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown, name: string): string {
  expect(typeof value === "string", name);
  return value;
}

function flag(value: unknown, name: string): boolean {
  expect(typeof value === "boolean", name);
  return value;
}

function instant(value: unknown, name: string): number {
  const parsed = parseUtcTime(text(value, name));
  expect(parsed !== null, name);
  return parsed;
}

function optional<Value>(value: unknown, read: (value: unknown) => Value): Value | null {
  return value === null || value === undefined ? null : read(value);
}

function retryOf(value: unknown, name: string): Retry | null {
  return optional(value, (found) => {
    const { at, failures } = record(found, name);
    expect(Number.isSafeInteger(failures) && Number(failures) >= 0, `${name}.failures`);
    return { at: instant(at, `${name}.at`), failures: Number(failures) };
  });
}

function noticeFrom(value: unknown): Notice {
  const { zh, en } = record(value, "a sentence");
  return { zh: text(zh, "a sentence"), en: text(en, "a sentence") };
}
