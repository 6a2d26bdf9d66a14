import assert from "node:assert/strict";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { MINUTE, RESULT, schedulerWorld } from "../helpers/scheduler_world.ts";

Deno.test("BackupScheduler runs at its time and tells it as the requirements do", async () => {
  await using w = await schedulerWorld("2026-01-14T17:58:00Z");
  const scheduler = await w.open();
  assert.deepEqual(scheduler.getStatus(), {
    running: true,
    auto_backup_enabled: true,
    schedule: "0 2 * * *",
    next_run: "2026-01-15T02:00:00+08:00",
    last_run: null,
    last_status: "未运行",
    last_error: null,
    drill_schedule: "",
    next_drill: null,
    time_zone: "Asia/Shanghai",
    retry_at: null,
  });

  await w.pass(scheduler, 1);
  assert.equal(w.calls.backup, 0);
  await w.pass(scheduler, 3);

  assert.equal(w.calls.backup, 1);
  const { last_run, last_status, next_run } = scheduler.getStatus();
  assert.deepEqual([last_run, last_status, next_run], [
    "2026-01-15T02:00:00+08:00",
    "成功",
    "2026-01-16T02:00:00+08:00",
  ]);
  const said = w.log.lines.map((line) => line.replace(/^\S+ /, ""));
  const from = said.indexOf("INFO    开始执行自动备份任务 event=auto_backup.started");
  assert.deepEqual(said.slice(from, from + 5), [
    "INFO    开始执行自动备份任务 event=auto_backup.started",
    "INFO    执行时间: 2026-01-15 02:00:00 event=auto_backup.time",
    "INFO    自动备份完成: backup_20260115_020000 event=auto_backup.completed",
    "INFO    备份大小: 50.23 MB event=auto_backup.size",
    "INFO    包含内容: database, covers, config event=auto_backup.includes",
  ]);
});

Deno.test("BackupScheduler makes up one missed run after a restart, and only one", async () => {
  await using w = await schedulerWorld();
  await (await w.open()).shutdown();
  w.clock.advance(5 * 24 * 60 * MINUTE);

  const scheduler = await w.open();
  await w.pass(scheduler, 5);

  assert.equal(w.calls.backup, 1);
  assert.match(w.text(), /补做/);
  await scheduler.shutdown();
  await w.pass(await w.open(), 5);
  assert.equal(w.calls.backup, 1);
});

Deno.test("BackupScheduler misses nothing when the process is killed without a farewell", async () => {
  await using w = await schedulerWorld();
  await w.pass(await w.open(), 3);
  w.clock.advance(24 * 60 * MINUTE);

  await w.pass(await w.open(), 1);

  assert.equal(w.calls.backup, 1);
});

Deno.test("BackupScheduler tries again after 1, 5 and 15 minutes, then reports and waits", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  w.behaviour.backup = () =>
    Promise.reject(
      new AppError("backup.create_failed", {
        reason: new AppError("storage.full", { path: "/backups/x" }),
      }),
    );
  const scheduler = await w.open();
  const tries: number[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    const before = w.calls.backup;
    await w.pass(scheduler, 1);
    if (w.calls.backup > before) tries.push(minute);
    if (minute === 0) {
      assert.equal(scheduler.getStatus().retry_at, "2026-01-15T02:01:00+08:00");
    }
  }

  assert.deepEqual(tries, [0, 1, 6, 21]);
  const status = scheduler.getStatus();
  assert.equal(status.last_status, "失败");
  assert.equal(status.retry_at, null);
  assert.match(status.last_error?.zh ?? "", /^磁盘空间不足/);
  assert.equal(w.text().match(/ERROR {3}自动备份失败: 磁盘空间不足/g)?.length, 4);
  assert.equal(w.text().match(/不再重试/g)?.length, 1);
  w.behaviour.backup = () => Promise.resolve(RESULT);
  await w.pass(scheduler, 24 * 60 - 59);
  assert.equal(scheduler.getStatus().last_status, "成功");
  assert.equal(scheduler.getStatus().last_error, null);
});

Deno.test("BackupScheduler goes on with its retries after a restart", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  w.behaviour.backup = () => Promise.reject(new AppError("database.missing", { path: "x" }));
  const first = await w.open();
  await w.pass(first, 2);
  assert.equal(w.calls.backup, 2);
  await first.shutdown();

  const second = await w.open();
  await w.pass(second, 4);
  assert.equal(w.calls.backup, 2);
  await w.pass(second, 1);

  assert.equal(w.calls.backup, 3);
});

Deno.test("BackupScheduler waits for another job without losing the run or calling it failed", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  for (const code of ["job.busy", "restore.in_progress"] as const) {
    w.behaviour.backup = () => Promise.reject(new AppError(code));
    const scheduler = await w.open();
    await w.pass(scheduler, 30);
    assert.notEqual(scheduler.getStatus().last_status, "失败");
    assert.doesNotMatch(w.text(), /ERROR/);

    w.behaviour.backup = () => Promise.resolve(RESULT);
    await w.pass(scheduler, 1);

    assert.equal(scheduler.getStatus().last_status, "成功");
    await scheduler.shutdown();
    w.clock.advance(24 * 60 * MINUTE);
  }
});

Deno.test("BackupScheduler does not try a cancelled run again", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  w.behaviour.backup = () => Promise.reject(new AppError("job.cancelled"));
  const scheduler = await w.open();

  await w.pass(scheduler, 30);

  assert.equal(w.calls.backup, 1);
  assert.equal(scheduler.getStatus().last_status, "失败");
});

Deno.test("BackupScheduler never starts a second run beside the first, and loses none", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  const gate = Promise.withResolvers<typeof RESULT>();
  w.behaviour.backup = () => gate.promise;
  const scheduler = await w.open({ schedule: "*/10 * * * *" });
  for (let minute = 0; minute < 25; minute += 1) {
    w.clock.advance(MINUTE);
    scheduler.tick();
  }
  await assert.rejects(
    scheduler.triggerBackupNow(),
    (error) => isAppError(error, "job.busy"),
  );

  gate.resolve(RESULT);
  await scheduler.idle();
  assert.equal(w.calls.backup, 1);
  await w.pass(scheduler, 2);

  assert.equal(w.calls.backup, 2);
});

Deno.test("BackupScheduler owes a run that was cut short, but not for ever", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  let due: string | null = "2026-01-15T02:00:00+08:00";
  const runsAt: string[] = [];
  for (let life = 0; life < 10 && due !== null; life += 1) {
    const begun = Promise.withResolvers<void>();
    w.behaviour.backup = () => {
      begun.resolve();
      return new Promise(() => {});
    };
    const scheduler = await w.open();
    w.clock.jumpTo(due);
    scheduler.tick();
    await begun.promise;
    runsAt.push(due);
    // Killed here: the next life finds the file as it is.
    due = (await w.open()).getStatus().retry_at;
  }

  assert.deepEqual(runsAt, [
    "2026-01-15T02:00:00+08:00",
    "2026-01-15T02:01:00+08:00",
    "2026-01-15T02:06:00+08:00",
    "2026-01-15T02:21:00+08:00",
  ]);
  const last = await w.open();
  assert.equal(last.getStatus().last_status, "失败");
  assert.match(last.getStatus().last_error?.en ?? "", /stopped before/);
});

Deno.test("BackupScheduler owes a run that its own shutdown cut short", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<typeof RESULT>();
  w.behaviour.backup = () => {
    begun.resolve();
    return gate.promise;
  };
  const scheduler = await w.open();
  w.clock.advance(MINUTE);
  scheduler.tick();
  await begun.promise;

  await scheduler.shutdown();
  gate.reject(new AppError("job.cancelled"));
  await scheduler.idle();

  w.behaviour.backup = () => Promise.resolve(RESULT);
  const next = await w.open();
  assert.equal(next.getStatus().retry_at, "2026-01-15T02:01:00+08:00");
  await w.pass(next, 1);
  assert.equal(next.getStatus().last_status, "成功");
});

Deno.test("BackupScheduler runs drills on a schedule of their own, after the backup", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  const gate = Promise.withResolvers<typeof RESULT>();
  w.behaviour.backup = () => gate.promise;
  const scheduler = await w.open({ drillSchedule: "0 2 * * *" });
  assert.equal(scheduler.getStatus().next_drill, "2026-01-15T02:00:00+08:00");
  for (let minute = 0; minute < 3; minute += 1) {
    w.clock.advance(MINUTE);
    scheduler.tick();
  }
  assert.equal(w.calls.drill, 0);
  gate.resolve(RESULT);
  await scheduler.idle();

  w.behaviour.drill = () => Promise.reject(new AppError("job.busy"));
  await w.pass(scheduler, 3);
  assert.equal(w.calls.drill, 3);
  w.behaviour.drill = () => Promise.reject(new AppError("drill.failed", { reason: "x" }));
  await w.pass(scheduler, 5);

  assert.equal(w.calls.drill, 4);
  assert.match(w.text(), /定时恢复演练失败/);
  await scheduler.disableAutoBackup();
  await scheduler.shutdown();
  w.clock.advance(3 * 24 * 60 * MINUTE);
  await w.pass(await w.open({ drillSchedule: "0 2 * * *" }), 3);
  assert.equal(w.calls.drill, 5);
  assert.equal(w.calls.backup, 1);
});

Deno.test("BackupScheduler survives clocks that jump", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  const scheduler = await w.open();
  await w.pass(scheduler, 2);
  assert.equal(w.calls.backup, 1);

  w.clock.jumpTo("2026-01-14T17:30:00Z");
  await w.pass(scheduler, 60);
  assert.equal(w.calls.backup, 1);

  w.clock.jumpTo("2036-01-01T00:00:00Z");
  await w.pass(scheduler, 2);
  assert.equal(w.calls.backup, 2);

  w.clock.jumpTo("2026-01-15T17:00:00Z");
  await w.pass(scheduler, 120);
  assert.equal(w.calls.backup, 3);
  assert.match(w.text(), /系统时钟被调回/);
});

Deno.test("BackupScheduler keeps the configured schedule although its state file cannot be read or moved", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  await Deno.mkdir(w.stateFile);
  const scheduler = await w.open();
  await w.pass(scheduler, 2);
  await scheduler.shutdown();
  assert.equal(w.calls.backup, 1);
  assert.match(w.text(), /已另存为/);

  // A whole folder of its kind, and nothing of it can be renamed.
  const stateFile = "/proc/self/state.json/x";
  const other = await w.open({}, { stateFile });
  assert.equal(other.getStatus().running, true);
  await other.shutdown();
});

Deno.test("BackupScheduler runs once however many heartbeats it has and however far the clock jumps", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  const scheduler = await w.open();
  const beatTwice = async () => {
    scheduler.tick();
    scheduler.tick();
    await scheduler.idle();
    scheduler.tick();
    await scheduler.idle();
  };

  w.clock.advance(MINUTE);
  await beatTwice();
  assert.equal(w.calls.backup, 1);

  // Eight hours forward, as by another system that keeps its clock in local time, past no time of the schedule.
  w.clock.jumpTo("2026-01-15T02:00:00Z");
  await beatTwice();
  w.clock.jumpTo("2026-01-14T18:01:00Z");
  await beatTwice();
  assert.equal(w.calls.backup, 1);

  w.clock.jumpTo("2026-01-20T02:00:00Z");
  await beatTwice();
  assert.equal(w.calls.backup, 2);
});

Deno.test("BackupScheduler.minutesUnwatched() tells for how long nobody has looked", async () => {
  await using w = await schedulerWorld();
  const scheduler = await w.open();

  w.clock.advance(4 * MINUTE);
  const soon = scheduler.minutesUnwatched();
  w.clock.jumpTo("2020-01-01T00:00:00Z");
  w.clock.advance(8 * MINUTE);
  const late = scheduler.minutesUnwatched();
  scheduler.tick();

  assert.deepEqual([soon, late, scheduler.minutesUnwatched()], [null, 12, null]);
  await scheduler.shutdown();
  w.clock.advance(60 * MINUTE);
  assert.equal(scheduler.minutesUnwatched(), null);
});

Deno.test("BackupScheduler does nothing after shutdown, and refuses bad schedules from the start", async () => {
  await using w = await schedulerWorld("2026-01-14T17:59:00Z");
  let beat = () => {};
  let ended = false;
  const scheduler = await w.open({}, {
    heartbeat: (tick, signal) => {
      beat = tick;
      signal.addEventListener("abort", () => ended = true);
    },
  });

  await scheduler.shutdown();
  await scheduler.shutdown();
  w.clock.advance(5 * MINUTE);
  beat();
  await scheduler.idle();

  assert.equal(ended, true);
  assert.equal(w.calls.backup, 0);
  assert.equal(scheduler.getStatus().running, false);
  await assert.rejects(
    w.open({ schedule: "0 0 31 2 *" }),
    (error) => isAppError(error, "schedule.never_runs"),
  );
  await assert.rejects(
    w.open({ drillSchedule: "x" }),
    (error) => isAppError(error, "schedule.invalid"),
  );
});
