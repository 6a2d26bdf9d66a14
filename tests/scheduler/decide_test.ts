import assert from "node:assert/strict";
import { decide, type DueState, retryAfter } from "../../src/scheduler/decide.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TWO = Date.parse("2026-01-15T18:00:00Z");

function state(change: Partial<DueState> = {}): DueState {
  return {
    schedule: "0 2 * * *",
    timeZone: "Asia/Shanghai",
    checkedUntil: TWO - MINUTE,
    retry: null,
    ...change,
  };
}

Deno.test("decide() runs once when the time has come, and not before", () => {
  assert.equal(decide(TWO - 1, state()).run, null);

  const due = decide(TWO + 5000, state());

  assert.deepEqual(due, { run: "due", checkedUntil: TWO + 5000, retry: null });
  assert.equal(decide(TWO + 6000, state({ checkedUntil: due.checkedUntil })).run, null);
});

Deno.test("decide() makes one run of many missed", () => {
  const decision = decide(TWO + 10 * 24 * HOUR + HOUR, state());

  assert.equal(decision.run, "missed");
  assert.equal(decide(TWO + 10 * 24 * HOUR + HOUR + MINUTE, state(decision)).run, null);
});

Deno.test("decide() retries when a try is owed, unless a run is due anyway", () => {
  const retry = { at: TWO - 5000, failures: 2 };

  assert.deepEqual(decide(TWO - 4000, state({ retry })), {
    run: "retry",
    checkedUntil: TWO - 4000,
    retry,
  });
  assert.equal(decide(TWO - 6000, state({ retry })).run, null);
  assert.deepEqual(decide(TWO, state({ retry })), { run: "due", checkedUntil: TWO, retry: null });
});

Deno.test("decide() does nothing while switched off, and owes nothing for that time", () => {
  const off = decide(TWO + HOUR, state({ schedule: null, retry: { at: TWO, failures: 1 } }));

  assert.deepEqual(off, { run: null, checkedUntil: TWO + HOUR, retry: null });
});

Deno.test("decide() waits a clock out that was set back a little", () => {
  const ran = decide(TWO, state());

  const back = decide(TWO - 30 * MINUTE, state(ran));

  assert.deepEqual(back, { run: null, checkedUntil: TWO, retry: null });
  assert.equal(decide(TWO, state(back)).run, null);
  assert.equal(decide(TWO + 24 * HOUR, state(back)).run, "due");
});

Deno.test("decide() believes a clock that was set back a lot", () => {
  const wrong = Date.parse("2036-01-01T00:00:00Z");

  const back = decide(
    TWO - HOUR,
    state({ checkedUntil: wrong, retry: { at: wrong + MINUTE, failures: 1 } }),
  );

  assert.equal(back.run, null);
  assert.equal(back.checkedUntil, TWO - HOUR);
  assert.equal(back.retry?.at, TWO - 45 * MINUTE);
  assert.equal(decide(TWO, state({ checkedUntil: back.checkedUntil })).run, "due");
});

Deno.test("decide() makes one run of a clock set far forward", () => {
  assert.equal(decide(TWO + 365 * 24 * HOUR, state()).run, "missed");
});

Deno.test("retryAfter() waits 1, 5 and 15 minutes, then no more", () => {
  const waits = [1, 2, 3, 4].map((failures) => retryAfter(failures, 0)?.at ?? null);

  assert.deepEqual(waits, [MINUTE, 5 * MINUTE, 15 * MINUTE, null]);
});
