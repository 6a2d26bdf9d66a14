import assert from "node:assert/strict";
import {
  localTime,
  offsetTime,
  parseLocalTime,
  parseUtcTime,
  stampTime,
} from "../../src/base/clock.ts";

const NEW_YEAR = Date.parse("2025-12-31T16:30:05Z");

Deno.test("localTime(), offsetTime() and stampTime() write an instant in its zone", () => {
  assert.equal(localTime(NEW_YEAR, "Asia/Shanghai"), "2026-01-01T00:30:05");
  assert.equal(offsetTime(NEW_YEAR, "Asia/Shanghai"), "2026-01-01T00:30:05+08:00");
  assert.equal(offsetTime(NEW_YEAR, "UTC"), "2025-12-31T16:30:05+00:00");
  assert.equal(stampTime(NEW_YEAR, "America/New_York"), "20251231_113005");
});

Deno.test("parseLocalTime() undoes localTime(), in summer and winter", () => {
  for (const instant of ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z", "2026-03-08T06:59:59Z"]) {
    const wanted = Date.parse(instant);
    assert.equal(parseLocalTime(localTime(wanted, "America/New_York"), "America/New_York"), wanted);
  }
});

Deno.test("parseLocalTime() takes the first of two instants and passes over a skipped hour", () => {
  const zone = "America/New_York";

  assert.equal(parseLocalTime("2026-11-01T01:30:00", zone), Date.parse("2026-11-01T05:30:00Z"));
  assert.equal(parseLocalTime("2026-03-08T02:30:00", zone), Date.parse("2026-03-08T07:30:00Z"));
});

Deno.test("parseLocalTime() reads Sooklib's microseconds, and refuses what is no time", () => {
  assert.equal(
    parseLocalTime("2026-11-22T10:21:10.683492", "UTC"),
    Date.parse("2026-11-22T10:21:10.683Z"),
  );
  assert.equal(parseLocalTime("yesterday", "UTC"), null);
  assert.equal(parseUtcTime("never"), null);
});
