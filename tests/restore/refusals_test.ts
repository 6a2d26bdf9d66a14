import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { createArchive } from "../../src/archive/write.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { RestoreRequest } from "../../src/backup/types.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { makeSickIndex } from "../helpers/sick_index.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";

const ID = "backup_20260101_000000";

async function writeBackup(story: RestoreStory, files: Record<string, string | Uint8Array>) {
  const path = join(story.config.backup.path, `${ID}.zip`);
  await Deno.remove(path).catch(() => {});
  await using writer = await createArchive(path, { level: 1, timeZone: "UTC" });
  for (const [name, content] of Object.entries(files)) {
    const source = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await writer.add({ path: name, modifiedAt: 0, source });
  }
  await writer.finish();
}

/** Refused by restore and by preview alike, with the live data as they were. */
async function refused(story: RestoreStory, request: Partial<RestoreRequest>, house = story.house) {
  const whole = { backupId: ID, actor: "test", ...request };
  const error = await house.restorer.start(whole).then(({ result }) => result)
    .then(() => null, (reason) => reason);
  assert.ok(isAppError(error), `not refused: ${error}`);
  assert.deepEqual(await story.state(), story.before);
  assert.deepEqual(await story.leftovers(), []);
  return error;
}

Deno.test("Restorer.start() refuses, with the reason, before anything live changes", async (t) => {
  await using story = await restoreStory();
  const metadata = JSON.stringify({ backup_id: ID, includes: ["database", "covers", "config"] });

  await t.step("an unknown backup", async () => {
    assert.equal(
      (await refused(story, { backupId: "backup_20000101_000000" })).code,
      "backup.not_found",
    );
  });
  await t.step("a damaged archive", async () => {
    const path = join(story.config.backup.path, `${ID}.zip`);
    const bytes = await Deno.readFile(SOOKLIB_ZIP);
    bytes.fill(0, 3000, 3400);
    await Deno.writeFile(path, bytes);
    const error = await refused(story, {});
    assert.equal(error.code, "restore.invalid_backup");
    assert.deepEqual(error.details["damaged"], ["database/library.db"]);
    await Deno.remove(path);
    // What is recorded of it would be held against the next one of that name.
    await Deno.remove(path.replace(/zip$/, "json"));
  });
  await t.step("a database that is not SQLite", async () => {
    await writeBackup(story, {
      "database/library.db": "not a database",
      "metadata.json": metadata,
    });
    const error = await refused(story, {});
    assert.equal(error.code, "restore.invalid_backup");
    assert.ok(isAppError(error.details["reason"], "database.not_sqlite"));
  });
  await t.step("a part that the backup lacks", async () => {
    const error = await refused(story, { includes: ["config"] });
    assert.equal(error.code, "backup.part_missing");
    assert.deepEqual(error.details["missing"], ["config"]);
  });
  await t.step("a config we would not start with", async () => {
    await writeBackup(story, {
      "config/config.yaml": "backup:\n  compression_level: 12\n",
      "metadata.json": metadata,
    });
    const error = await refused(story, { includes: ["config"] });
    assert.equal(error.code, "restore.invalid_backup");
  });
  await t.step("a disk without room", async () => {
    const reserveBytes = Number.MAX_SAFE_INTEGER / 2;
    const config = { ...story.config, backup: { ...story.config.backup, reserveBytes } };
    const house = await restoreHouse(config);
    const error = await refused(story, { backupId: story.backupId }, house);
    assert.equal(error.code, "space.insufficient");
    assert.equal(typeof error.details["free_bytes"], "number");
  });
  await t.step("while another job runs", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const other = await story.house.jobs.start({ kind: "create", actor: "test" }, () => promise);
    assert.equal((await refused(story, { backupId: story.backupId })).code, "job.busy");
    resolve();
    await other.result;
  });
  await t.step("a newer schema without force", async () => {
    story.sql("UPDATE alembic_version SET version_num = '20260115'");
    const scripts = join(story.config.database.migrations, "20260208_add_book_translations.py");
    await Deno.writeTextFile(scripts, 'revision = "20260208"\ndown_revision = "20260115"\n');
    const now = { ...story, before: await story.state() };
    const error = await refused(now, { backupId: story.backupId });
    assert.equal(error.code, "restore.newer_schema");
    assert.deepEqual([error.details["live"], error.details["backup"]], ["20260115", "20260208"]);
  });
});

Deno.test("Restorer.start() restores a backup that Sooklib wrote", async () => {
  await using story = await restoreStory();
  await Deno.copyFile(SOOKLIB_ZIP, join(story.config.backup.path, `${SOOKLIB_ID}.zip`));

  const { result } = await story.house.restorer.start({ backupId: SOOKLIB_ID, actor: "test" });
  await result;

  assert.deepEqual((await story.state()).covers, story.backedUp.covers);
  assert.equal((await story.state()).database, story.backedUp.database);
});

Deno.test("a live file that is no database is overwritten once the library is stopped", async () => {
  await using story = await restoreStory({ journalMode: "delete" });
  const live = story.config.database.path;
  await Deno.writeTextFile(live, "rubbish ".repeat(1000));
  const request = { backupId: story.backupId, actor: "test" };

  const error = await story.house.restorer.start(request).then(({ result }) => result)
    .then(() => null, (reason) => reason);
  assert.ok(isAppError(error, "restore.stop_library"), String(error));

  const { result } = await story.house.restorer.start({ ...request, libraryStopped: true });
  const answer = await result;

  assert.deepEqual(await story.state(), story.backedUp);
  assert.match(answer.snapshot_id ?? "", /^backup_/);
});

Deno.test("a live database with a sick index does not stand in the way of its own repair", async () => {
  await using story = await restoreStory();
  makeSickIndex(story.config.database.path);
  await assert.rejects(story.house.create(), { code: "backup.create_failed" });

  const { result } = await story.house.restorer.start({ backupId: story.backupId, actor: "test" });
  const { snapshot_id } = await result;

  assert.deepEqual(await story.state(), story.backedUp);
  assert.match(snapshot_id ?? "", /^backup_/);
  assert.match(story.house.log.lines.join("\n"), /WARNING.*没有通过完整检查/);
});

Deno.test("a restore into an empty library needs no snapshot and makes the folders", async () => {
  await using story = await restoreStory();
  for (
    const path of [
      dirname(story.config.database.path) + "/library.db",
      `${story.config.database.path}-wal`,
      `${story.config.database.path}-shm`,
    ]
  ) {
    await Deno.remove(path).catch(() => {});
  }
  await Deno.remove(story.config.covers, { recursive: true });

  const { result } = await story.house.restorer.start({
    backupId: story.backupId,
    actor: "test",
    includes: ["database", "covers"],
  });
  await result;

  const state = await story.state();
  assert.equal(state.database, story.backedUp.database);
  assert.deepEqual(state.covers, story.backedUp.covers);
});

Deno.test("keys that belong to this machine stay, and equal ones are restored byte for byte", async () => {
  await using story = await restoreStory();
  const path = story.config.path ?? "";
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace("port: 8080", "port: 9999"));
  await Deno.chmod(path, 0o640);

  const { result } = await story.house.restorer.start({
    backupId: story.backupId,
    actor: "test",
    includes: ["config"],
  });
  const answer = await result;

  const restored = await Deno.readTextFile(path);
  assert.match(restored, /port: 9999/);
  assert.match(restored, /interval: 3600/);
  assert.equal((await Deno.stat(path)).mode ?? 0, 0o100640);
  assert.equal(answer.library_restart_recommended, false);

  await (await story.house.restorer.start({
    backupId: story.backupId,
    actor: "test",
    includes: ["config"],
    machineKeys: true,
  })).result;
  assert.equal(await Deno.readTextFile(path), story.backedUp.config);
});
