import assert from "node:assert/strict";
import { daysBetween, sayAge } from "../../src/ui/age_words.js";

const SHANGHAI = "Asia/Shanghai";
const BERLIN = "Europe/Berlin";
const NEW_YORK = "America/New_York";

/** Zone, now, then, in English, in Chinese. */
const CASES: readonly (readonly [string, string, string, string, string])[] = [
  // 27 hours, and two midnights.
  [SHANGHAI, "2026-12-01T23:00+08:00", "2026-12-03T02:00+08:00", "in 2 days", "后天"],
  [SHANGHAI, "2026-12-01T23:00+08:00", "2026-12-02T23:30+08:00", "tomorrow", "明天"],
  [SHANGHAI, "2026-12-01T00:30+08:00", "2026-12-02T23:30+08:00", "tomorrow", "明天"],
  [SHANGHAI, "2026-12-01T23:00+08:00", "2026-12-02T02:00+08:00", "in 3 hours", "3小时后"],
  [SHANGHAI, "2026-12-03T02:00+08:00", "2026-12-01T23:00+08:00", "2 days ago", "前天"],
  [SHANGHAI, "2026-12-02T23:30+08:00", "2026-12-01T01:00+08:00", "yesterday", "昨天"],
  [SHANGHAI, "2026-12-31T12:00+08:00", "2027-01-01T23:00+08:00", "tomorrow", "明天"],
  // The same two instants are another number of days elsewhere.
  [NEW_YORK, "2026-12-01T15:00Z", "2026-12-02T18:00Z", "tomorrow", "明天"],
  [SHANGHAI, "2026-12-01T15:00Z", "2026-12-02T18:00Z", "in 2 days", "后天"],
  // The clocks go forward on 29 March: 24 hours later it is the day after tomorrow.
  [BERLIN, "2026-03-28T23:30+01:00", "2026-03-30T00:30+02:00", "in 2 days", "后天"],
  [BERLIN, "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", "in 23 hours", "23小时后"],
  // They go back on 25 October: 24 hours later it is still the same day, 25 hours later the next.
  [BERLIN, "2026-10-25T00:00+02:00", "2026-10-25T23:30+01:00", "in 24 hours", "24小时后"],
  [BERLIN, "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", "tomorrow", "明天"],
  [NEW_YORK, "2026-03-07T22:00-05:00", "2026-03-09T01:00-04:00", "in 2 days", "后天"],
  // Neither next month nor next year is what it seems to be.
  [SHANGHAI, "2026-12-01T12:00+08:00", "2027-01-01T12:00+08:00", "in 1 month", "1个月后"],
  [SHANGHAI, "2026-12-01T12:00+08:00", "2028-02-29T12:00+08:00", "in 14 months", "14个月后"],
  [SHANGHAI, "2026-12-01T12:00+08:00", "2028-12-01T11:00+08:00", "in 2 years", "2年后"],
  [SHANGHAI, "2028-02-29T12:00+08:00", "2026-12-01T12:00+08:00", "14 months ago", "14个月前"],
  [SHANGHAI, "2026-12-31T12:00+08:00", "2026-12-01T11:00+08:00", "30 days ago", "30天前"],
  [SHANGHAI, "2027-01-31T12:00+08:00", "2027-03-03T12:00+08:00", "in 1 month", "1个月后"],
  [SHANGHAI, "2026-12-01T12:00:00+08:00", "2026-12-01T12:00:59+08:00", "", ""],
];

for (const [zone, now, at, english, chinese] of CASES) {
  Deno.test(`sayAge() from ${now} to ${at} in ${zone}`, () => {
    const here = { now: Date.parse(now), zone };

    assert.equal(sayAge(Date.parse(at), { ...here, locale: "en-GB" }), english);
    assert.equal(sayAge(Date.parse(at), { ...here, locale: "zh-CN" }), chinese);
  });
}

Deno.test("daysBetween() counts midnights, also where the clocks skip a whole day", () => {
  const from = Date.parse("2011-12-29T12:00-10:00");
  const to = Date.parse("2011-12-31T12:00+14:00");

  assert.equal(daysBetween(from, to, "Pacific/Apia"), 2);
  assert.equal(daysBetween(to, from, "Pacific/Apia"), -2);
});
