import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

/** A restore whose last step fails for good, so that it goes back by itself. */
async function rolledBack(story: RestoreStory): Promise<string> {
  const failed = await story.restoreInChild({ failAt: "restore.config_written", failCount: 2 });
  assert.equal(failed.code, "restore.failed", failed.stderr);
  assert.equal(failed.details?.["outcome"], "rolled_back");
  return String(failed.details?.["snapshot_id"]);
}

async function undoCopies(story: RestoreStory): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(dirname(story.config.database.path))) {
    if (name.startsWith(".shuku-undo-")) names.push(name);
  }
  return names;
}

Deno.test("Restorer.undo() after a rollback has nothing to undo, and the snapshot can be restored by hand", async () => {
  await using story = await restoreStory();
  const { restorer, catalog } = story.house;
  const snapshotId = await rolledBack(story);
  assert.deepEqual(await story.state(), story.before);

  await assert.rejects(restorer.undo({ actor: "test" }), { code: "restore.nothing_to_undo" });

  const snapshot = await catalog.get(snapshotId);
  assert.deepEqual([snapshot.kind, snapshot.pinned], ["snapshot", false]);
  assert.deepEqual(await undoCopies(story), []);
  story.sql("DELETE FROM books");
  await (await restorer.start({ backupId: snapshotId, actor: "test", machineKeys: true })).result;
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("Restorer.undo() after a rollback does not undo the restore before that one", async () => {
  await using story = await restoreStory();
  const { restorer } = story.house;
  await (await restorer.start({ backupId: story.backupId, actor: "test" })).result;
  story.sql("UPDATE books SET title = 'written since'");
  await Deno.writeTextFile(story.config.path ?? "", story.before.config);
  const since = await story.state();
  await rolledBack(story);

  await assert.rejects(restorer.undo({ actor: "test" }), { code: "restore.nothing_to_undo" });

  assert.deepEqual(await story.state(), since);
});
