import assert from "node:assert/strict";
import { DrillHistory } from "../../src/backup/drill_history.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { onLibrary, startProgram } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const OUTCOME = {
  backup_id: "backup_20260115_020000",
  result: "passed",
  at: "2026-01-15T00:00:00.000Z",
  duration_seconds: 3,
  detail: null,
} as const;

Deno.test("DrillHistory.last() is the last outcome, whoever recorded it", async () => {
  await using folder = await tempFolder();
  const open = () => new DrillHistory({ path: `${folder.path}/drills`, log: recordingLog() });
  const [mine, theirs] = [open(), open()];
  assert.equal(await mine.last(), null);
  await mine.record(OUTCOME);

  const failed = { ...OUTCOME, result: "failed", detail: { zh: "坏", en: "bad" } } as const;
  await theirs.record(failed);

  assert.deepEqual(await mine.last(), failed);
});

Deno.test("DrillHistory.record() costs no drill when it cannot be written", async () => {
  const log = recordingLog();

  await new DrillHistory({ path: "/nowhere/drills", log }).record(OUTCOME);

  assert.match(log.lines.join("\n"), /演练结果写入失败/);
});

Deno.test("a drill on the command line shows beside a running server, whatever that one saves", async () => {
  await using test = await openTestApp();
  const { body: backup } = await test.call("POST", "create", { json: {} });
  const { argv, env } = onLibrary(test.library);
  const options = { env: { ...env, BACKUP_PATH: test.library.config.backup.path } };
  await using program = startProgram(["drill", ...argv, "--json"], options);
  assert.equal(await program.exitCode, 0, await program.stderr);

  await test.call("POST", "scheduler/enable", { json: {} });

  const { last_drill } = (await test.call("GET", "stats")).body;
  assert.deepEqual([last_drill?.backup_id, last_drill?.result], [backup.backup_id, "passed"]);
});
