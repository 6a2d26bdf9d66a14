import assert from "node:assert/strict";
import { join } from "node:path";
import { openApp } from "../../src/app.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { temporaryName } from "../../src/storage/temporary.ts";
import { tryLockFile } from "../../src/storage/lock_file.ts";

/** What a killed backup and a killed upload leave. */
async function leave(store: string): Promise<string[]> {
  const quarantine = join(store, ".quarantine");
  await Deno.mkdir(quarantine, { recursive: true });
  const left = [
    temporaryName(join(store, "backup_20260101_000000.zip")),
    temporaryName(join(quarantine, "upload.zip")),
  ];
  for (const path of left) await Deno.writeTextFile(path, "half of it");
  return left;
}

async function stay(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) => Deno.stat(path).then(() => path, () => null)),
  );
  return there.filter((path) => path !== null);
}

Deno.test("what a killed upload left goes at the next start", async () => {
  await using house = await openTestApp();
  const { config, secrets } = house.library;
  const left = await leave(config.backup.path);

  await (await openApp(config, secrets, { log: recordingLog() }))[Symbol.asyncDispose]();

  assert.deepEqual(await stay(left), []);
});

Deno.test("what a command that died beside a server left goes with the server's next backup", async () => {
  await using house = await openTestApp();
  const left = await leave(house.library.config.backup.path);

  const { status } = await house.call("POST", "create", { json: { includes: ["config"] } });

  assert.equal(status, 200);
  assert.deepEqual(await stay(left), []);
});

Deno.test("an upload that is being received is left alone", async () => {
  await using house = await openTestApp();
  const store = house.library.config.backup.path;
  const [, upload = ""] = await leave(store);
  await using lock = await tryLockFile(join(store, ".quarantine", ".lock"));
  assert.notEqual(lock, null);

  await house.call("POST", "create", { json: { includes: ["config"] } });

  assert.deepEqual(await stay([upload]), [upload]);
});
