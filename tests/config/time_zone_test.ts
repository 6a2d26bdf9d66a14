import assert from "node:assert/strict";
import { Refusal } from "../../src/config/rules.ts";
import { suggestTimeZone, timeZoneName } from "../../src/config/time_zone.ts";

Deno.test("timeZoneName() takes IANA names, spelled exactly", () => {
  for (
    const name of ["Asia/Shanghai", "America/New_York", "UTC", "Etc/GMT-8", "PRC", "Asia/Kolkata"]
  ) {
    assert.equal(timeZoneName(name, "file"), name);
  }
  for (
    const name of [
      "Asia/shanghai",
      "asia/Kolkata",
      "+08:00",
      "CST-8",
      "utc",
      "",
      8,
      "prc",
      "CST",
      "JST",
    ]
  ) {
    assert(timeZoneName(name, "file") instanceof Refusal, String(name));
  }
});

Deno.test("suggestTimeZone() finds what was meant", () => {
  const cases: Record<string, string> = {
    "Asia/shanghai": "Asia/Shanghai",
    "asia/Shanghai": "Asia/Shanghai",
    "Asia/Shanghia": "Asia/Shanghai",
    "Asia/Beijing": "Asia/Shanghai",
    ":Asia/Shanghai": "Asia/Shanghai",
    Shanghai: "Asia/Shanghai",
    CST: "Asia/Shanghai",
    "CST-8": "Asia/Shanghai",
    "UTC+8": "Asia/Shanghai",
    "GMT+08:00": "Asia/Shanghai",
    "+08:00": "Asia/Shanghai",
    "UTC-3": "Etc/GMT+3",
    "New York": "America/New_York",
    utc: "UTC",
    "完全不对": "Asia/Shanghai",
  };
  for (const [name, expected] of Object.entries(cases)) {
    assert.equal(suggestTimeZone(name), expected, name);
  }
});
