import assert from "node:assert/strict";
import { join } from "node:path";
import { type AppError, isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { readOne } from "../helpers/sample_database.ts";
import { startProgram } from "../helpers/other_program.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

/** Does something in the middle of a restore, once. */
function atFailPoint(name: string, work: () => void): Disposable {
  let done = false;
  installFailPoints((reached) => {
    if (reached !== name || done) return;
    done = true;
    work();
  });
  return { [Symbol.dispose]: () => installFailPoints(null) };
}

async function restore(story: RestoreStory) {
  const { result } = await story.house.restorer.start({ backupId: story.backupId, actor: "test" });
  return await result;
}

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`a restore reaches two programs that have the database open (${journalMode})`, async () => {
    await using story = await restoreStory({ journalMode });
    await using one = await startProgram();
    await using other = await startProgram();
    const count = "SELECT count(*) AS n FROM books";
    for (const program of [one, other]) {
      await program.open(story.config.database.path, 10_000);
      await program.all(count);
    }
    await one.repeat("UPDATE libraries SET last_scan = datetime('now') WHERE id = 1", 5);

    await restore(story);

    const { errors } = await one.finish();
    assert.deepEqual(errors, []);
    for (const program of [one, other]) {
      assert.deepEqual(await program.all(count), [{ n: 200 }]);
      assert.deepEqual(await program.all("PRAGMA journal_mode"), [{ journal_mode: journalMode }]);
      assert.deepEqual(await program.all("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
    }
  });

  Deno.test(`a restore gives up on a locked database, nothing changed (${journalMode})`, async () => {
    await using story = await restoreStory({ journalMode });
    const house = await restoreHouse(story.config, { lockTimeoutMs: 200 });
    await using other = await startProgram();
    await other.open(story.config.database.path);
    let locking: Promise<void> = Promise.resolve();
    using _point = atFailPoint("restore.old_copied", () => {
      locking = other.exec("BEGIN IMMEDIATE; UPDATE libraries SET name = name");
    });

    const { result } = await house.restorer.start({ backupId: story.backupId, actor: "test" });
    const error = await result.then(() => null, (reason) => reason);
    await locking;
    await other.exec("ROLLBACK");

    assert.ok(isAppError(error, "restore.failed"), String(error));
    assert.equal(error.details["reason_code"], "database.busy");
    assert.equal(error.details["outcome"], "nothing_changed");
    assert.match(String(error.details["snapshot_id"]), /^backup_/);
    assert.deepEqual(await story.state(), story.before);
    assert.deepEqual(await story.leftovers(), []);
    assert.equal(house.restorer.status().pending, false);
  });
}

Deno.test("a cover that the library adds during the swap stays where it put it", async () => {
  await using story = await restoreStory();
  const added = join(story.config.covers, "added-meanwhile.jpg");
  using _point = atFailPoint("restore.files_placed", () => Deno.writeTextFileSync(added, "mine"));

  const { kept } = await restore(story);

  assert.equal(await Deno.readTextFile(added), "mine");
  assert.deepEqual(kept, []);
});

Deno.test("a cover that the library changed since the snapshot is kept and named", async () => {
  await using story = await restoreStory();
  const changed = join(story.config.covers, "3.jpg");
  const extra = join(story.config.covers, "new", "one.jpg");
  using _point = atFailPoint("restore.committed", () => {
    Deno.writeTextFileSync(changed, "changed since");
    Deno.writeTextFileSync(extra, "this one too");
  });

  const { kept } = await restore(story);

  assert.deepEqual(kept.toSorted(), ["3.jpg", "new/one.jpg"]);
  const [folder = ""] = (await story.leftovers()).filter((name) =>
    name.startsWith(".restore-kept-")
  );
  const keptIn = join(story.config.covers, folder);
  assert.equal(await Deno.readTextFile(join(keptIn, "3.jpg")), "changed since");
  assert.equal(await Deno.readTextFile(join(keptIn, "new", "one.jpg")), "this one too");
  assert.deepEqual((await story.state()).covers, story.backedUp.covers);
});

Deno.test("a cover that the library puts in place between out and in is kept, and the restored one wins", async () => {
  await using story = await restoreStory();
  const path = join(story.config.covers, "1.jpg");
  using _point = atFailPoint("restore.file_out", () => Deno.writeTextFileSync(path, "in between"));

  const { kept } = await restore(story);

  assert.deepEqual(kept, ["1.jpg"]);
  assert.deepEqual((await story.state()).covers, story.backedUp.covers);
});

Deno.test("Restorer.undo() brings back what was written after the snapshot, too", async () => {
  await using story = await restoreStory();
  let last: RestoreStory["before"] | null = null;
  {
    using _point = atFailPoint("restore.saved", () => {
      story.sql("INSERT INTO tags (name, type) VALUES ('in the last second', 'test')");
    });
    await restore(story);
  }
  assert.deepEqual(await story.state(), story.backedUp);

  const { result } = await story.house.restorer.undo({ actor: "test" });
  const answer = await result;

  last = await story.state();
  assert.deepEqual(last.covers, story.before.covers);
  assert.equal(last.config, story.before.config);
  story.sql("DELETE FROM tags WHERE name = 'in the last second'");
  assert.equal((await story.state()).database, story.before.database);
  assert.deepEqual(answer.restored, ["database", "covers", "config", "extra"]);

  await (await story.house.restorer.undo({ actor: "test" })).result;
  assert.deepEqual(await story.state(), story.backedUp, "undoing the undo");
});

/** Restores without a snapshot and fails at the end, until it is rolled back. */
async function rollBackWithoutSnapshot(story: RestoreStory): Promise<AppError> {
  const house = await restoreHouse(story.config, { sleep: () => Promise.resolve() });
  installFailPoints((name) => {
    if (name === "restore.config_written") throw new Error("made to fail");
  });
  const { result } = await house.restorer.start({
    backupId: story.backupId,
    actor: "test",
    createSnapshot: false,
  });
  const error = await result.then(() => null, (reason) => reason);
  installFailPoints(null);
  assert.ok(isAppError(error, "restore.failed"), String(error));
  assert.equal(error.details["outcome"], "rolled_back");
  return error;
}

Deno.test("Restorer.start() without a snapshot rolls back from staging", async () => {
  await using story = await restoreStory();
  const error = await rollBackWithoutSnapshot(story);

  assert.equal(error.details["snapshot_id"], undefined);
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("Restorer.start() without a snapshot brings back even a damaged table as it was", async () => {
  await using story = await restoreStory();
  const live = story.config.database.path;
  story.sql("CREATE TABLE wreck AS SELECT 'somebody may yet save it' AS text");
  const page = Number(readOne(live, "SELECT rootpage FROM sqlite_schema WHERE name = 'wreck'"));
  const bytes = await Deno.readFile(live);
  const wreck = bytes.subarray((page - 1) * 4096, page * 4096).fill(0xa5, 0, 8);
  await Deno.writeFile(live, bytes);

  await rollBackWithoutSnapshot(story);

  const after = await Deno.readFile(live);
  assert.deepEqual(after.subarray((page - 1) * 4096, page * 4096), wreck);
});

Deno.test("a cancel before the commit leaves nothing behind", async () => {
  await using story = await restoreStory();
  let cancel = () => {};
  using _point = atFailPoint("restore.saved", () => cancel());

  const { result, job } = await story.house.restorer.start({
    backupId: story.backupId,
    actor: "test",
  });
  cancel = () => void story.house.jobs.cancel(job.job_id);
  const error = await result.then(() => null, (reason) => reason);

  assert.ok(isAppError(error, "job.cancelled"), String(error));
  assert.deepEqual(await story.state(), story.before);
  assert.deepEqual(await story.leftovers(), []);
});
