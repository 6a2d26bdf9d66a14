import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { BackupScheduler, type SchedulerOptions } from "../../src/scheduler/scheduler.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MINUTE = 60_000;
const RESULT = {
  backup_id: "backup_20260115_020000",
  file_size: 52_670_136,
  checksum: "5d41402abc4b2a76b9719d911017c592",
  includes: ["database", "covers", "config"] as const,
};
const OUTCOME = {
  backup_id: "backup_1",
  result: "passed",
  at: "2026-01-15T00:00:00.000Z",
  duration_seconds: 3,
  detail: null,
} as const;

/** A scheduler's world that outlives the scheduler, as disk and clock do. */
async function world(start = "2026-01-14T12:00:00Z") {
  const folder = await tempFolder();
  const clock = new FakeClock(start);
  const log = recordingLog();
  const calls = { backup: 0, drill: 0 };
  const behaviour: {
    backup: () => Promise<typeof RESULT>;
    drill: () => Promise<unknown>;
  } = { backup: () => Promise.resolve(RESULT), drill: () => Promise.resolve(null) };
  const stateFile = join(folder.path, "state.json");
  const open = async (
    configured: Partial<SchedulerOptions["configured"]> = {},
    change: Partial<SchedulerOptions> = {},
  ) => {
    const scheduler = new BackupScheduler({
      clock,
      log,
      timeZone: "Asia/Shanghai",
      stateFile,
      configured: { enabled: true, schedule: "0 2 * * *", drillSchedule: "", ...configured },
      runBackup: () => {
        calls.backup += 1;
        return behaviour.backup();
      },
      runDrill: () => {
        calls.drill += 1;
        return behaviour.drill();
      },
      heartbeat: () => {},
      ...change,
    });
    await scheduler.start();
    return scheduler;
  };
  /** Ticks once a minute, waiting for whatever that starts. */
  const pass = async (scheduler: BackupScheduler, minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.advance(MINUTE);
      scheduler.tick();
      await scheduler.idle();
    }
  };
  const text = () => log.lines.join("\n");
  return {
    clock,
    log,
    text,
    calls,
    behaviour,
    stateFile,
    open,
    pass,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("BackupScheduler runs at its time and tells it as the requirements do", async () => {
  await using w = await world("2026-01-14T17:58:00Z");
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
  const from = said.indexOf("INFO    开始执行自动备份任务");
  assert.deepEqual(said.slice(from, from + 5), [
    "INFO    开始执行自动备份任务",
    "INFO    执行时间: 2026-01-15 02:00:00",
    "INFO    自动备份完成: backup_20260115_020000",
    "INFO    备份大小: 50.23 MB",
    "INFO    包含内容: database, covers, config",
  ]);
});

Deno.test("BackupScheduler makes up one missed run after a restart, and only one", async () => {
  await using w = await world();
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
  await using w = await world();
  await w.pass(await w.open(), 3);
  w.clock.advance(24 * 60 * MINUTE);

  await w.pass(await w.open(), 1);

  assert.equal(w.calls.backup, 1);
});

Deno.test("BackupScheduler tries again after 1, 5 and 15 minutes, then reports and waits", async () => {
  await using w = await world("2026-01-14T17:59:00Z");
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
  await using w = await world("2026-01-14T17:59:00Z");
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
  await using w = await world("2026-01-14T17:59:00Z");
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
  await using w = await world("2026-01-14T17:59:00Z");
  w.behaviour.backup = () => Promise.reject(new AppError("job.cancelled"));
  const scheduler = await w.open();

  await w.pass(scheduler, 30);

  assert.equal(w.calls.backup, 1);
  assert.equal(scheduler.getStatus().last_status, "失败");
});

Deno.test("BackupScheduler never starts a second run beside the first, and loses none", async () => {
  await using w = await world("2026-01-14T17:59:00Z");
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
  await using w = await world("2026-01-14T17:59:00Z");
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
  await using w = await world("2026-01-14T17:59:00Z");
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

Deno.test("BackupScheduler.triggerBackupNow() counts as a run and leaves the schedule alone", async () => {
  await using w = await world();
  const scheduler = await w.open({ enabled: false });

  assert.deepEqual(await scheduler.triggerBackupNow(), {
    success: true,
    message: { zh: "备份任务执行成功", en: "The backup ran successfully" },
    ...RESULT,
  });
  assert.equal(scheduler.getStatus().last_status, "成功");
  assert.equal(scheduler.getStatus().last_run, "2026-01-14T20:00:00+08:00");

  w.behaviour.backup = () => Promise.reject(new AppError("database.missing", { path: "/x.db" }));
  const failed = await scheduler.triggerBackupNow();
  assert.equal(failed.success, false);
  assert.match(failed.message.zh, /^备份任务执行失败: 找不到数据库 \/x\.db/);
  assert.equal(scheduler.getStatus().last_status, "失败");
  assert.equal(scheduler.getStatus().retry_at, null);

  w.behaviour.backup = () => Promise.reject(new AppError("job.busy", { job_id: "j" }));
  await assert.rejects(scheduler.triggerBackupNow(), (error) => isAppError(error, "job.busy"));
  assert.equal(scheduler.getStatus().auto_backup_enabled, false);
  await scheduler.shutdown();
  assert.equal((await w.open({ enabled: false })).getStatus().last_status, "失败");
});

Deno.test("BackupScheduler keeps what was set by API through a restart, until the configuration changes", async () => {
  await using w = await world();
  const configured = { enabled: false, schedule: "0 2 * * *" };
  const first = await w.open(configured);
  await first.enableAutoBackup("0 3 * * *");

  const second = await w.open(configured);
  assert.equal(second.getStatus().auto_backup_enabled, true);
  assert.equal(second.getStatus().schedule, "0 3 * * *");
  assert.equal(second.getStatus().next_run, "2026-01-15T03:00:00+08:00");

  const third = await w.open({ ...configured, schedule: "30 4 * * *" });
  assert.equal(third.getStatus().auto_backup_enabled, true);
  assert.equal(third.getStatus().schedule, "30 4 * * *");
  await third.enableAutoBackup();
  assert.equal(third.getStatus().schedule, "30 4 * * *");

  const fourth = await w.open({ enabled: true, schedule: "30 4 * * *" });
  await fourth.disableAutoBackup();
  assert.equal(fourth.getStatus().next_run, null);
  assert.equal(fourth.getStatus().running, true);
  const fifth = await w.open({ enabled: true, schedule: "30 4 * * *" });
  assert.equal(fifth.getStatus().auto_backup_enabled, false);
  assert.equal((await fifth.updateSchedule("0 */6 * * *")).schedule, "0 */6 * * *");
  assert.equal(fifth.getStatus().auto_backup_enabled, false);
});

Deno.test("BackupScheduler owes nothing under a schedule that did not apply", async () => {
  await using w = await world("2026-01-14T19:00:00Z");
  await (await w.open({ enabled: false, schedule: "0 2 * * *" })).shutdown();
  w.clock.advance(8 * 24 * 60 * MINUTE);

  const enabled = await w.open({ enabled: true, schedule: "0 2 * * *" });
  await w.pass(enabled, 2);
  await enabled.updateSchedule("0 1 * * *");
  await w.pass(enabled, 2);
  await enabled.disableAutoBackup();
  w.clock.advance(24 * 60 * MINUTE);
  await enabled.enableAutoBackup();
  await w.pass(enabled, 2);

  assert.equal(w.calls.backup, 0);
});

Deno.test("BackupScheduler changes nothing when a bad schedule is asked for or nothing can be saved", async () => {
  await using w = await world();
  const scheduler = await w.open();
  await assert.rejects(
    scheduler.updateSchedule("0 0 31 2 *"),
    (error) => isAppError(error, "schedule.never_runs"),
  );
  await assert.rejects(
    scheduler.enableAutoBackup("0 0 * *"),
    (error) => isAppError(error, "schedule.invalid"),
  );
  await Deno.remove(w.stateFile);
  await Deno.mkdir(w.stateFile);

  await assert.rejects(scheduler.disableAutoBackup(), (error) => isAppError(error));

  assert.equal(scheduler.getStatus().auto_backup_enabled, true);
  assert.equal(scheduler.getStatus().schedule, "0 2 * * *");
  await w.pass(scheduler, 24 * 60);
  assert.equal(w.calls.backup, 1);
  assert.match(w.text(), /无法保存调度器状态/);
});

Deno.test("BackupScheduler keeps a damaged state file aside and starts from the configuration", async () => {
  await using w = await world();
  const good = await w.open();
  await good.triggerBackupNow();
  const whole = JSON.parse(await Deno.readTextFile(w.stateFile));
  const damaged = [
    "",
    "{",
    "[]",
    JSON.stringify({ ...whole, version: 2 }),
    JSON.stringify({ ...whole, schedule: "0 0 31 2 *" }),
    JSON.stringify({ ...whole, checked_until: "yesterday" }),
    JSON.stringify({ ...whole, retry: { at: 5 } }),
    JSON.stringify({ ...whole, last_status: "ok" }),
    JSON.stringify({ ...whole, drill: null }),
  ];
  for (const text of damaged) {
    w.clock.advance(1000);
    await Deno.writeTextFile(w.stateFile, text);

    const scheduler = await w.open();

    assert.equal(scheduler.getStatus().last_status, "未运行", text);
    assert.equal(JSON.parse(await Deno.readTextFile(w.stateFile)).version, 1);
  }
  const aside = [];
  for await (const { name } of Deno.readDir(join(w.stateFile, ".."))) {
    if (/^state\.json\.damaged-\d{8}_\d{6}$/.test(name)) aside.push(name);
  }
  assert.equal(aside.length, damaged.length);
  assert.equal(w.text().match(/状态文件已损坏/g)?.length, damaged.length);
});

Deno.test("BackupScheduler warns when its state is lost although automatic backups exist", async () => {
  const cases: [boolean, boolean, boolean][] = [
    [false, true, true],
    [false, false, false],
    [true, true, false],
  ];
  for (const [enabled, exist, warns] of cases) {
    await using w = await world();
    await w.open({ enabled }, { hasAutoBackups: () => Promise.resolve(exist) });
    assert.equal(/状态文件不见了/.test(w.text()), warns);
  }
});

Deno.test("BackupScheduler runs drills on a schedule of their own, after the backup", async () => {
  await using w = await world("2026-01-14T17:59:00Z");
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

Deno.test("BackupScheduler.recordDrill() is remembered, also by a command that starts nothing", async () => {
  await using w = await world();
  await (await w.open()).recordDrill(OUTCOME);

  const idle = new BackupScheduler({
    clock: w.clock,
    log: w.log,
    timeZone: "UTC",
    stateFile: w.stateFile,
    configured: { enabled: true, schedule: "0 2 * * *", drillSchedule: "" },
    runBackup: () => Promise.resolve(RESULT),
    runDrill: () => Promise.resolve(),
  });
  assert.equal(idle.lastDrill(), null);
  await idle.load();

  assert.deepEqual(idle.lastDrill(), OUTCOME);
  assert.equal(idle.getStatus().running, false);
  const failed = { ...OUTCOME, result: "failed" as const, detail: { zh: "坏", en: "bad" } };
  await idle.recordDrill(failed);
  assert.deepEqual((await w.open()).lastDrill(), failed);
});

Deno.test("BackupScheduler survives clocks that jump", async () => {
  await using w = await world("2026-01-14T17:59:00Z");
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

Deno.test("BackupScheduler does nothing after shutdown, and refuses bad schedules from the start", async () => {
  await using w = await world("2026-01-14T17:59:00Z");
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

Deno.test("BackupScheduler.nextRuns() shows occurrences with their offset", async () => {
  await using w = await world();
  const scheduler = await w.open();

  assert.deepEqual(scheduler.nextRuns("0 0 * * 0", 2), [
    "2026-01-18T00:00:00+08:00",
    "2026-01-25T00:00:00+08:00",
  ]);
  assert.throws(() => scheduler.nextRuns("x", 1), (error) => isAppError(error, "schedule.invalid"));
});
