import assert from "node:assert/strict";
import { offsetTime, utcTime } from "../../src/base/clock.ts";
import { type ErrorCode, isAppError } from "../../src/base/errors.ts";
import { checkSchedule, nextRun, nextRuns } from "../../src/scheduler/cron.ts";

const SHANGHAI = "Asia/Shanghai";
const NEW_YORK = "America/New_York";

function runs(expression: string, count: number, after: string, timeZone: string): string[] {
  return nextRuns(expression, count, Date.parse(after), timeZone)
    .map((run) => offsetTime(run, timeZone));
}

Deno.test("nextRun() counts weekdays as cron does, in the given zone", () => {
  // 2026-01-15 is a Thursday.
  const after = "2026-01-15T00:00:00Z";
  assert.deepEqual(runs("0 0 * * 0", 1, after, SHANGHAI), ["2026-01-18T00:00:00+08:00"]);
  assert.deepEqual(runs("0 0 * * 7", 1, after, SHANGHAI), ["2026-01-18T00:00:00+08:00"]);
  assert.deepEqual(runs("0 0 * * 1", 1, after, SHANGHAI), ["2026-01-19T00:00:00+08:00"]);
  assert.deepEqual(runs("0 2 * * 1-5", 3, after, SHANGHAI), [
    "2026-01-16T02:00:00+08:00",
    "2026-01-19T02:00:00+08:00",
    "2026-01-20T02:00:00+08:00",
  ]);
  assert.deepEqual(runs("0 2 * * 5-7", 3, after, SHANGHAI), [
    "2026-01-16T02:00:00+08:00",
    "2026-01-17T02:00:00+08:00",
    "2026-01-18T02:00:00+08:00",
  ]);
});

Deno.test("nextRun() knows steps, lists, the first and the thirty-first", () => {
  const after = "2026-01-15T00:00:00Z";
  assert.deepEqual(runs("0 */6 * * *", 3, after, SHANGHAI), [
    "2026-01-15T12:00:00+08:00",
    "2026-01-15T18:00:00+08:00",
    "2026-01-16T00:00:00+08:00",
  ]);
  assert.deepEqual(runs("5,35 9 * * *", 2, after, SHANGHAI), [
    "2026-01-15T09:05:00+08:00",
    "2026-01-15T09:35:00+08:00",
  ]);
  assert.deepEqual(runs("0 3 1 * *", 2, after, SHANGHAI), [
    "2026-02-01T03:00:00+08:00",
    "2026-03-01T03:00:00+08:00",
  ]);
  assert.deepEqual(runs("0 3 31 * *", 3, after, SHANGHAI), [
    "2026-01-31T03:00:00+08:00",
    "2026-03-31T03:00:00+08:00",
    "2026-05-31T03:00:00+08:00",
  ]);
});

Deno.test("nextRun() runs a time in the hour that summer skips once, after the gap", () => {
  assert.deepEqual(runs("30 2 * * *", 3, "2026-03-07T12:00:00Z", NEW_YORK), [
    "2026-03-08T03:00:00-04:00",
    "2026-03-09T02:30:00-04:00",
    "2026-03-10T02:30:00-04:00",
  ]);
});

Deno.test("nextRun() runs a time in the hour that winter repeats once, the first time", () => {
  assert.deepEqual(runs("30 1 * * *", 3, "2026-10-31T12:00:00Z", NEW_YORK), [
    "2026-11-01T01:30:00-04:00",
    "2026-11-02T01:30:00-05:00",
    "2026-11-03T01:30:00-05:00",
  ]);
  assert.deepEqual(runs("*/30 1 * * *", 4, "2026-11-01T04:00:00Z", NEW_YORK), [
    "2026-11-01T01:00:00-04:00",
    "2026-11-01T01:30:00-04:00",
    "2026-11-01T01:00:00-05:00",
    "2026-11-01T01:30:00-05:00",
  ]);
});

Deno.test("nextRun() leaves its starting instant out", () => {
  const at = Date.parse("2026-01-15T18:00:00Z");
  assert.equal(utcTime(nextRun("0 2 * * *", at - 1, SHANGHAI) ?? 0), "2026-01-15T18:00:00.000Z");
  assert.equal(utcTime(nextRun("0 2 * * *", at, SHANGHAI) ?? 0), "2026-01-16T18:00:00.000Z");
});

Deno.test("checkSchedule() takes five fields that match some time", () => {
  assert.equal(checkSchedule("  0  2 * *\t* "), "0 2 * * *");
  assert.equal(checkSchedule("0 0 29 2 *"), "0 0 29 2 *");
  const refused: Record<string, ErrorCode> = {
    "": "schedule.invalid",
    "0 2 * *": "schedule.invalid",
    "0 0 2 * * *": "schedule.invalid",
    "@daily": "schedule.invalid",
    "每天 两点 * * *": "schedule.invalid",
    "60 * * * *": "schedule.invalid",
    "0 24 * * *": "schedule.invalid",
    "0 0 0 * *": "schedule.invalid",
    "0 0 * 13 *": "schedule.invalid",
    "0 0 * * 8": "schedule.invalid",
    "*/0 * * * *": "schedule.invalid",
    "30-10 * * * *": "schedule.invalid",
    "0 2 ? * *": "schedule.invalid",
    "0 0 31 2 *": "schedule.never_runs",
    "0 0 31 4,6,9,11 *": "schedule.never_runs",
  };
  for (const [expression, code] of Object.entries(refused)) {
    assert.throws(() => checkSchedule(expression), (error) => {
      assert(isAppError(error, code), `${expression}: ${error}`);
      assert.equal(error.details["found"], expression);
      return true;
    });
  }
});
