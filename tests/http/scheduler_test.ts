import assert from "node:assert/strict";
import { libraryToken, openTestApp } from "../helpers/test_app.ts";

Deno.test("the scheduler's answers are those of the requirements", async () => {
  await using test = await openTestApp();
  await test.app.scheduler.start();

  const before = await test.call("GET", "scheduler/status");
  const enabled = await test.call("POST", "scheduler/enable");
  const changed = await test.call("PUT", "scheduler/schedule", {
    json: { schedule: "0 */6 * * *" },
  });
  const again = await test.call("POST", "scheduler/enable", { json: { schedule: "0 3 * * *" } });
  const disabled = await test.call("POST", "scheduler/disable");

  assert.equal(before.body.running, true);
  assert.equal(before.body.auto_backup_enabled, false);
  assert.equal(before.body.schedule, "0 2 * * *");
  assert.equal(before.body.next_run, null);
  assert.equal(before.body.last_run, null);
  assert.equal(before.body.last_status, "未运行");
  assert.equal(before.body.last_error, null);
  assert.equal(enabled.body.message, "自动备份已启用");
  assert.equal(enabled.body.status.auto_backup_enabled, true);
  assert.match(enabled.body.status.next_run, /^\d{4}-\d\d-\d\dT02:00:00\+08:00$/);
  assert.equal(changed.body.message, "备份计划已更新");
  assert.equal(changed.body.schedule, "0 */6 * * *");
  assert.equal(changed.body.status.schedule, "0 */6 * * *");
  assert.equal(again.body.status.schedule, "0 3 * * *");
  assert.equal(disabled.body.message, "自动备份已禁用");
  assert.equal(disabled.body.status.auto_backup_enabled, false);
  assert.equal(disabled.body.status.next_run, null);
});

Deno.test("a trigger counts as a run, and a failed one is 200 with success false", async () => {
  await using test = await openTestApp();

  const good = await test.call("POST", "scheduler/trigger");
  const status = await test.call("GET", "scheduler/status");
  await Deno.rename(test.library.config.database.path, `${test.library.config.database.path}.away`);

  const as = { token: await libraryToken({ sub: "x", role: "admin" }) };
  const bad = await test.call("POST", "scheduler/trigger", { as });
  const after = await test.call("GET", "scheduler/status", { as });

  assert.equal(good.status, 200);
  assert.equal(good.body.success, true);
  assert.equal(good.body.message, "备份任务执行成功");
  assert.match(good.body.backup_id, /^backup_/);
  assert.match(good.body.checksum, /^[0-9a-f]{32}$/);
  assert.deepEqual(good.body.includes, ["database", "covers", "config"]);
  assert.match(good.body.file_path, /backup_\w+\.zip$/);
  assert.equal(typeof good.body.description, "string");
  assert.equal(status.body.last_status, "成功");
  assert.match(status.body.last_run, /\+08:00$/);
  assert.equal(bad.status, 200);
  assert.equal(bad.body.success, false);
  assert.match(bad.body.message, /^备份任务执行失败: /);
  assert.equal(after.body.last_status, "失败");
  assert.equal(typeof after.body.last_error, "string");
});

Deno.test("bad schedules are 400 with the requirements' sentence, missing ones 422", async () => {
  await using test = await openTestApp();
  const bad = [
    "",
    "  ",
    "bad",
    "* * * *",
    "0 0 31 2 *",
    "61 * * * *",
    "* * * * * *",
    "@daily\u0000",
  ];
  for (const schedule of bad) {
    for (
      const [method, path] of [
        ["PUT", "scheduler/schedule"],
        ["POST", "scheduler/enable"],
      ] as const
    ) {
      const { status, body } = await test.call(method, path, { json: { schedule } });
      assert.equal(status, 400, `${path} ${schedule}`);
      assert.match(body.detail, /^无效的 Cron 表达式: [^?]/);
    }
    const next = await test.call("GET", `scheduler/next?schedule=${encodeURIComponent(schedule)}`);
    assert.equal(next.status, 400, schedule);
  }
  for (const json of [{}, { schedule: 5 }, { schedule: "*".repeat(300) }]) {
    assert.equal((await test.call("PUT", "scheduler/schedule", { json })).status, 422);
  }
  assert.equal((await test.call("GET", "scheduler/next")).status, 422);
  assert.equal((await test.call("GET", "scheduler/status")).body.schedule, "0 2 * * *");
});

Deno.test("GET scheduler/next shows the next five runs of a schedule", async () => {
  await using test = await openTestApp();

  const { status, body } = await test.call("GET", "scheduler/next?schedule=0+2+*+*+*");

  assert.equal(status, 200);
  assert.equal(body.next_runs.length, 5);
  for (const run of body.next_runs) assert.match(run, /T02:00:00\+08:00$/);
  assert.equal(body.time_zone, "Asia/Shanghai");
});
