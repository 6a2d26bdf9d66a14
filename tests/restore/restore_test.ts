import assert from "node:assert/strict";
import { restoreStory } from "../helpers/restore_story.ts";

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`Restorer.start() brings back database, covers and config (${journalMode})`, async () => {
    await using story = await restoreStory({ journalMode });

    const { result } = await story.house.restorer.start({
      backupId: story.backupId,
      actor: "test",
    });
    const answer = await result;

    assert.deepEqual(await story.state(), story.backedUp);
    assert.deepEqual(answer.restored, ["database", "covers", "config"]);
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
