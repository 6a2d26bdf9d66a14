import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/log.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function logTo(lines: string[], format: "json" | "text") {
  return createLogger({
    level: "INFO",
    format,
    clock: new FakeClock("2026-01-15T02:00:00Z"),
    secrets: ["the-signing-key"],
    write: (line) => lines.push(line),
  });
}

Deno.test("Logger hides secrets and tokens in addresses, in both formats", () => {
  for (const format of ["json", "text"] as const) {
    const lines: string[] = [];
    logTo(lines, format).info("got the-signing-key", { url: "/download/x?token=abc.def&a=1" });

    assert.equal(lines.length, 1);
    assert.ok(!lines[0]?.includes("the-signing-key") && !lines[0]?.includes("abc.def"), lines[0]);
    assert.ok(lines[0]?.includes("a=1"));
  }
});

Deno.test("Logger makes control characters and direction marks of strangers visible", () => {
  for (const format of ["json", "text"] as const) {
    const lines: string[] = [];
    logTo(lines, format).info("desc \u001b[31mred\nnext", { name: "gpj.\u202eexe\u0000" });

    // deno-lint-ignore no-control-regex -- these are the characters to find
    assert.ok(!/[\u0000-\u001f\u202e]/.test(lines[0] ?? ""), lines[0]);
  }
});

Deno.test("Logger writes an error as its sentence, without its stack at INFO", () => {
  const lines: string[] = [];
  logTo(lines, "json").error("failed", {
    error: new AppError("database.missing", { path: "/lib.db" }),
  });

  const row = JSON.parse(lines[0] ?? "");
  assert.match(row.error, /^database\.missing: .*\/lib\.db/);
  assert.equal(row.level, "ERROR");
  assert.ok(!lines[0]?.includes("log_test.ts"));
});
