import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { createLogger, wasLogged } from "../../src/base/log.ts";
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

Deno.test("Logger leaves out a failure that is answered with, but not one that nobody expected", () => {
  const lines: string[] = [];
  const log = createLogger({
    level: "WARNING",
    format: "text",
    clock: new FakeClock("2026-01-15T02:00:00Z"),
    failures: false,
    write: (line) => lines.push(line),
  });
  const expected = new AppError("database.missing", { path: "/lib.db" });

  log.failure("failed", { error: expected });
  log.failure("crashed", { error: new TypeError("x is not a function") });

  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /crashed .*x is not a function/);
  assert.equal(wasLogged(expected), false);
});

Deno.test("wasLogged() knows an error that was written, and what wraps it", () => {
  const reason = new AppError("database.missing", { path: "/lib.db" });
  const quiet = new AppError("database.missing", { path: "/lib.db" });
  const log = logTo([], "text");

  log.failure("failed", { error: reason });
  log.debug("looked", { error: quiet });

  assert.ok(wasLogged(reason));
  assert.ok(wasLogged(new AppError("backup.create_failed", { reason })));
  assert.ok(wasLogged(new AppError("internal", {}, { cause: reason })));
  assert.equal(wasLogged(quiet), false);
  assert.equal(wasLogged("text"), false);
});
