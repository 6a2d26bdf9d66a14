import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { createLogger, wasLogged } from "../../src/base/log.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function logTo(lines: string[], format: "json" | "text", language: "zh" | "en" = "en") {
  return createLogger({
    level: "INFO",
    format,
    language,
    clock: new FakeClock("2026-01-15T02:00:00Z"),
    secrets: ["the-signing-key"],
    write: (line) => lines.push(line),
  });
}

Deno.test("Logger hides secrets and tokens in addresses, in both formats", () => {
  for (const format of ["json", "text"] as const) {
    const lines: string[] = [];
    logTo(lines, format).info("service.started", {
      key: "got the-signing-key",
      url: "/download/x?token=abc.def&a=1",
    });

    assert.equal(lines.length, 1);
    assert.ok(!lines[0]?.includes("the-signing-key") && !lines[0]?.includes("abc.def"), lines[0]);
    assert.ok(lines[0]?.includes("a=1"));
  }
});

Deno.test("Logger names the event in every line, whatever the language of its sentence", () => {
  const told = (format: "json" | "text", language: "zh" | "en") => {
    const lines: string[] = [];
    const notice = { zh: "磁盘快满了", en: "The disk is nearly full" };
    const log = logTo(lines, format, language);
    log.info("backup.created", { backup_id: "backup_1", kind: "auto", why: notice });
    log.warn("job.warning", { notice, job_id: "7" });
    return lines;
  };
  const time = "2026-01-15T02:00:00.000Z";

  assert.deepEqual(told("text", "en"), [
    `${time} INFO    Backup made: backup_1 event=backup.created kind=auto why=The disk is nearly full`,
    `${time} WARNING The disk is nearly full event=job.warning job_id=7`,
  ]);
  assert.deepEqual(told("json", "zh").map((line) => JSON.parse(line)), [
    {
      time,
      level: "INFO",
      event: "backup.created",
      message: "备份已创建: backup_1",
      backup_id: "backup_1",
      kind: "auto",
      why: "磁盘快满了",
    },
    { time, level: "WARNING", event: "job.warning", message: "磁盘快满了", job_id: "7" },
  ]);
});

Deno.test("Logger lets no fact take the place of what stands in every line", () => {
  const lines: string[] = [];

  logTo(lines, "json").info("service.started", { event: "x", level: "y", message: "z", time: "t" });

  const row = JSON.parse(lines[0] ?? "");
  assert.deepEqual(
    [row.event, row.level, row.message, row.time],
    ["service.started", "INFO", "The service has started", "2026-01-15T02:00:00.000Z"],
  );
});

Deno.test("Logger fails nobody when nothing can be written, and says afterwards how many lines are lost", () => {
  const lines: string[] = [];
  let isFull = false;
  const log = createLogger({
    level: "INFO",
    format: "text",
    language: "en",
    clock: new FakeClock("2026-01-15T02:00:00Z"),
    write: (line) => {
      if (isFull) throw new Error("No space left on device (os error 28)");
      lines.push(line.replace(/^\S+ /, ""));
    },
  });

  log.info("service.started");
  isFull = true;
  log.info("backup.cancelled");
  log.error("backup.failed");
  isFull = false;
  log.info("scheduler.started");
  log.info("scheduler.stopped");

  assert.deepEqual(lines, [
    "INFO    The service has started event=service.started",
    "WARNING 2 lines of the log before this one could not be written event=log.lines_lost",
    "INFO    The scheduler has started event=scheduler.started",
    "INFO    The scheduler has stopped event=scheduler.stopped",
  ]);
});

Deno.test("Logger makes control characters and direction marks of strangers visible", () => {
  for (const format of ["json", "text"] as const) {
    const lines: string[] = [];
    logTo(lines, format).info("backup.created", {
      backup_id: "desc \u001b[31mred\nnext",
      name: "gpj.\u202eexe\u0000",
    });

    // deno-lint-ignore no-control-regex -- these are the characters to find
    assert.ok(!/[\u0000-\u001f\u202e]/.test(lines[0] ?? ""), lines[0]);
  }
});

Deno.test("Logger writes an error as its sentence, without its stack at INFO", () => {
  const lines: string[] = [];
  logTo(lines, "json").error("backup.failed", {
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
    language: "en",
    clock: new FakeClock("2026-01-15T02:00:00Z"),
    failures: false,
    write: (line) => lines.push(line),
  });
  const expected = new AppError("database.missing", { path: "/lib.db" });

  log.failure("backup.failed", { error: expected });
  log.failure("backup.failed", { error: new TypeError("x is not a function") });

  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /event=backup.failed .*x is not a function/);
  assert.equal(wasLogged(expected), false);
});

Deno.test("wasLogged() knows an error that was written, and what wraps it", () => {
  const reason = new AppError("database.missing", { path: "/lib.db" });
  const quiet = new AppError("database.missing", { path: "/lib.db" });
  const log = logTo([], "text");

  log.failure("backup.failed", { error: reason });
  log.debug("restore.look_failed", { error: quiet });

  assert.ok(wasLogged(reason));
  assert.ok(wasLogged(new AppError("backup.create_failed", { reason })));
  assert.ok(wasLogged(new AppError("internal", {}, { cause: reason })));
  assert.equal(wasLogged(quiet), false);
  assert.equal(wasLogged("text"), false);
});
