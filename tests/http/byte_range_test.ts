import assert from "node:assert/strict";
import { allowsRange, matchesEtag, parseRange } from "../../src/http/byte_range.ts";

Deno.test("parseRange() serves one satisfiable range and ignores what a server may ignore", () => {
  const cases: [string | undefined, ReturnType<typeof parseRange>][] = [
    [undefined, "all"],
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=0-99", { start: 0, end: 99 }],
    ["bytes=10-", { start: 10, end: 99 }],
    ["bytes=90-1000", { start: 90, end: 99 }],
    ["bytes=-10", { start: 90, end: 99 }],
    ["bytes=-1000", { start: 0, end: 99 }],
    ["BYTES=5-6", { start: 5, end: 6 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", "all"],
    ["bytes=-", "all"],
    ["bytes=0-1,5-6", "all"],
    ["bytes=a-b", "all"],
    ["lines=0-1", "all"],
    ["bytes=99999999999999999999-", "unsatisfiable"],
  ];
  for (const [header, expected] of cases) {
    assert.deepEqual(parseRange(header, 100), expected, String(header));
  }
  assert.equal(parseRange("bytes=0-", 0), "unsatisfiable");
});

Deno.test("allowsRange() compares strongly, and dates exactly", () => {
  const modifiedAt = Date.parse("2026-01-15T15:00:00.700Z");
  const cases: [string | undefined, boolean][] = [
    [undefined, true],
    ['"abc"', true],
    ['"other"', false],
    ['W/"abc"', false],
    ["Thu, 15 Jan 2026 15:00:00 GMT", true],
    ["Thu, 15 Jan 2026 15:00:01 GMT", false],
    ["nonsense", false],
  ];
  for (const [header, expected] of cases) {
    assert.equal(allowsRange(header, '"abc"', modifiedAt), expected, String(header));
  }
});

Deno.test("matchesEtag() compares weakly, in a list too", () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ["*", true],
    ['"abc"', true],
    ['W/"abc"', true],
    ['"x", "abc"', true],
    ['"x"', false],
  ];
  for (const [header, expected] of cases) {
    assert.equal(matchesEtag(header, '"abc"'), expected, String(header));
  }
});
