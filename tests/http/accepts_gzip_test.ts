import assert from "node:assert/strict";
import { acceptsGzip } from "../../src/http/accepts_gzip.ts";

Deno.test("acceptsGzip() reads what a client takes and what it refuses", () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ["", false],
    ["gzip, deflate, br", true],
    ["br;q=1.0, GZIP;q=0.5", true],
    ["br", false],
    ["*", true],
    ["gzip;q=0", false],
    ["gzip; q=0.000, *", false],
    ["*;q=0", false],
    ["identity", false],
  ];
  for (const [header, expected] of cases) assert.equal(acceptsGzip(header), expected, header);
});
