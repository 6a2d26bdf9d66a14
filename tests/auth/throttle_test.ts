import assert from "node:assert/strict";
import { Throttle } from "../../src/auth/throttle.ts";
import { isAppError } from "../../src/base/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

/** Seconds to wait before the next attempt; 0 when it may begin, which it then does. */
function attempt(throttle: Throttle, address: string): number {
  try {
    throttle.begin(address);
    return 0;
  } catch (error) {
    assert(isAppError(error, "auth.too_many_attempts"));
    return Number(error.details["retry_after"]);
  }
}

Deno.test("Throttle doubles a peer's wait up to half a minute, and waiting does not prolong it", () => {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const throttle = new Throttle(clock);
  for (let i = 0; i < 5; i += 1) assert.equal(attempt(throttle, "10.0.0.1"), 0);

  const waits: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const wait = attempt(throttle, "10.0.0.1");
    waits.push(wait);
    clock.advance((wait - 1) * 1000);
    assert.equal(attempt(throttle, "10.0.0.1"), 1);
    clock.advance(1000);
    assert.equal(attempt(throttle, "10.0.0.1"), 0);
  }

  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
  assert.equal(attempt(throttle, "10.0.0.2"), 0);
});

Deno.test("Throttle forgets after success and after a quiet quarter of an hour", () => {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const throttle = new Throttle(clock);
  for (let i = 0; i < 5; i += 1) attempt(throttle, "10.0.0.1");
  throttle.succeed("10.0.0.1");
  for (let i = 0; i < 5; i += 1) assert.equal(attempt(throttle, "10.0.0.1"), 0);

  clock.advance(15 * 60_000 + 1);

  for (let i = 0; i < 5; i += 1) assert.equal(attempt(throttle, "10.0.0.1"), 0);
});

Deno.test("Throttle slows strangers down together, but nobody who signed in before", () => {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  const throttle = new Throttle(clock);
  attempt(throttle, "192.168.1.5");
  throttle.succeed("192.168.1.5");
  for (let i = 0; i < 60; i += 1) assert.equal(attempt(throttle, `10.0.0.${i}`), 0);

  assert.equal(attempt(throttle, "10.0.1.1"), 1);
  assert.equal(attempt(throttle, "192.168.1.5"), 0);
  clock.advance(1000);
  assert.equal(attempt(throttle, "10.0.1.1"), 0);
  assert.equal(attempt(throttle, "10.0.1.2"), 1);
  clock.advance(60_000);
  assert.equal(attempt(throttle, "10.0.1.3"), 0);
});

Deno.test("Throttle counts a /64 of IPv6 as one peer", () => {
  const throttle = new Throttle(new FakeClock("2026-01-15T12:00:00Z"));
  const addresses = ["2001:db8::1", "2001:0db8:0:0::2", "2001:db8:0:0:5:6:7:8", "2001:db8::ffff:1"];
  for (const address of addresses) assert.equal(attempt(throttle, address), 0);
  assert.equal(attempt(throttle, "2001:db8::5"), 0);

  assert.equal(attempt(throttle, "2001:db8::6"), 1);
  assert.equal(attempt(throttle, "2001:db8:0:1::6"), 0);
});
