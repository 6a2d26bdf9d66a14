import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { restoreStory } from "../helpers/restore_story.ts";

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`Restorer.start() brings back database, covers, config and extra files (${journalMode})`, async () => {
    await using story = await restoreStory({ journalMode });

    const { result } = await story.house.restorer.start({
      backupId: story.backupId,
      actor: "test",
    });
    const answer = await result;

    assert.deepEqual(await story.state(), story.backedUp);
    assert.deepEqual(answer.restored, ["database", "covers", "config", "extra"]);
    assert.deepEqual(answer.kept, []);
    assert.equal(answer.restart_required, true);
    assert.equal(answer.library_restart_recommended, true);
    assert.deepEqual(await story.leftovers(), []);
    const snapshot = await story.house.catalog.get(answer.snapshot_id ?? "");
    assert.equal(snapshot.kind, "snapshot");
    assert.equal(snapshot.pinned, false);
    assert.equal(snapshot.description, `恢复前快照 (before restore ${story.backupId})`);
  });
}

Deno.test("when a restore is done, SQLite is done too: no log of it is left and nothing here has the database open", async () => {
  await using story = await restoreStory();
  // Enough for SQLite to be still at it when the covers are in place.
  story.sql("CREATE TABLE ballast AS SELECT randomblob(32000000) AS weight");
  const { backup_id: backupId } = await story.house.create();

  const { result } = await story.house.restorer.start({ backupId, actor: "test" });
  await result;

  assert.equal(existsSync(`${story.config.database.path}-wal`), false);
});
