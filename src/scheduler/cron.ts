import { Cron } from "croner";
import { toDate } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";

/** More occurrences than anybody needs to see at once. */
const MAX_RUNS = 1000;

/**
 * Checks a cron expression: five fields, weekdays 0 to 7 (both ends are Sunday), names, lists, ranges, steps.
 *
 * @returns The expression with single spaces.
 * @throws {AppError} `schedule.invalid`; `schedule.never_runs` for one such as `0 0 31 2 *`.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/crontab.html
 */
export function checkSchedule(expression: string): string {
  const fields = expression.trim().split(/\s+/);
  // `?` would mean the moment of parsing, and `+` is nobody's standard.
  if (fields.length !== 5 || /[?+]/.test(expression)) {
    throw new AppError("schedule.invalid", { found: expression });
  }
  const schedule = fields.join(" ");
  // Any instant does: whether it ever matches does not depend on it.
  if (nextRun(schedule, 0, "UTC") === null) {
    throw new AppError("schedule.never_runs", { found: expression });
  }
  return schedule;
}

/**
 * Finds the first occurrence after an instant.
 *
 * In the hour that a clock change skips, a fixed time runs once, just after the gap; in the hour it repeats,
 * once, the first time. Schedules with steps keep their spacing through both.
 *
 * @param after Milliseconds since the epoch; itself excluded.
 * @param timeZone IANA name.
 * @returns Milliseconds since the epoch, or `null` when there is none.
 * @throws {AppError} `schedule.invalid`
 */
export function nextRun(expression: string, after: number, timeZone: string): number | null {
  return parse(expression, timeZone).nextRun(toDate(after))?.getTime() ?? null;
}

/** The first `count` occurrences after an instant. @throws {AppError} `schedule.invalid` */
export function nextRuns(
  expression: string,
  count: number,
  after: number,
  timeZone: string,
): number[] {
  const runs = parse(expression, timeZone).nextRuns(Math.min(count, MAX_RUNS), toDate(after));
  return runs.map((run) => run.getTime());
}

function parse(expression: string, timeZone: string): Cron {
  try {
    return new Cron(expression, { mode: "5-part", timezone: timeZone });
  } catch (cause) {
    throw new AppError("schedule.invalid", { found: expression }, { cause });
  }
}
