import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { RESTORE_MOMENTS, type RestoreMoment } from "../../src/restore/moments.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { killOnWayBack, WAY_BACK } from "../helpers/way_back.ts";

const COMMITTED = RESTORE_MOMENTS.indexOf("committed");
const WRITTEN = RESTORE_MOMENTS.indexOf("database_written");

/** A moment in the middle of many of its kind is the more telling one. */
const COUNTS: Partial<Record<RestoreMoment, number>> = {
  file_out: 2,
  file_in: 3,
};

const ROW = "INSERT INTO tags (name, type) VALUES ('written since', 'test')";

Deno.test("recover() ends what kill -9 interrupted, at every moment, with the old or the new state", async (t) => {
  await using original = await restoreStory();
  for (const [index, moment] of RESTORE_MOMENTS.entries()) {
    if (WAY_BACK.includes(moment)) break;
    await t.step(moment, async () => {
      await using story = await original.clone();
      const child = await story.restoreInChild({
        killAt: `restore.${moment}`,
        killCount: COUNTS[moment] ?? 1,
      });
      assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
      const wroteRows = index >= WRITTEN;
      if (wroteRows) story.sql(ROW);

      await story.house.restorer.recover();

      await assertEnded(story);
      if (wroteRows) removeRow(story);
      assert.deepEqual(await story.state(), index >= COMMITTED ? story.backedUp : story.before);
    });
  }
});

Deno.test("recover() ends a rollback that kill -9 interrupted, at every moment, with the old state", async (t) => {
  await using original = await restoreStory();
  for (const moment of WAY_BACK) {
    await t.step(moment, async () => {
      await using story = await original.clone();
      await killOnWayBack(story, moment);

      await story.house.restorer.recover();

      await assertEnded(story, true);
      assert.deepEqual(await story.state(), story.before);
    });
  }
});

async function assertEnded(story: RestoreStory, mayKeep = false): Promise<void> {
  const { log, restorer, catalog } = story.house;
  const status = restorer.status();
  assert.equal(status.pending, false, log.lines.join("\n"));
  const left = await story.leftovers();
  assert.deepEqual(mayKeep ? left.filter((name) => !name.startsWith(".restore-kept-")) : left, []);
  for (const backup of await catalog.list()) assert.equal(backup.pinned, false);
}

function removeRow(story: RestoreStory): void {
  using database = new DatabaseSync(story.config.database.path);
  const { changes } = database.prepare("DELETE FROM tags WHERE name = 'written since'").run();
  assert.equal(Number(changes), 1, "the row that was written since is gone");
}
