import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { MINUTE, RESULT, schedulerWorld } from "../helpers/scheduler_world.ts";

Deno.test("BackupScheduler.triggerBackupNow() counts as a run and leaves the schedule alone", async () => {
  await using w = await schedulerWorld();
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
  await using w = await schedulerWorld();
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
  await using w = await schedulerWorld("2026-01-14T19:00:00Z");
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
  await using w = await schedulerWorld();
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
  await using w = await schedulerWorld();
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
    await using w = await schedulerWorld();
    await w.open({ enabled }, { hasAutoBackups: () => Promise.resolve(exist) });
    assert.equal(/状态文件不见了/.test(w.text()), warns);
  }
});

Deno.test("BackupScheduler.nextRuns() shows occurrences with their offset", async () => {
  await using w = await schedulerWorld();
  const scheduler = await w.open();

  assert.deepEqual(scheduler.nextRuns("0 0 * * 0", 2), [
    "2026-01-18T00:00:00+08:00",
    "2026-01-25T00:00:00+08:00",
  ]);
  assert.throws(() => scheduler.nextRuns("x", 1), (error) => isAppError(error, "schedule.invalid"));
});
