import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type Journal, JournalFile } from "../../src/restore/journal.ts";
import { startProgram } from "../helpers/other_program.ts";
import { pausedChild } from "../helpers/paused_child.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

const STALL = { pauseAt: "restore.database_locked", stallTimeoutMs: 200 } as const;

async function readJournal(story: RestoreStory): Promise<Journal> {
  const reading = await new JournalFile(dirname(story.config.database.path)).read();
  assert.ok(reading.kind === "found", JSON.stringify(reading));
  return reading.journal;
}

async function assertEnded(story: RestoreStory): Promise<void> {
  const { restorer, log } = story.house;
  assert.equal(restorer.status().pending, false, log.lines.join("\n"));
  const left = await story.leftovers();
  assert.deepEqual(left.filter((name) => !name.startsWith(".restore-kept-")), []);
}

Deno.test("a restore whose overwriting stalls ends its process with 70, and the next one finds nothing changed", async () => {
  await using story = await restoreStory();
  const { backupId } = story;
  await using child = await pausedChild(story.library.root, {
    verb: "restore",
    request: { backupId },
    ...STALL,
  });
  // A lock that comes in after the last look, on the one database that can still be locked.
  await using other = await startProgram();
  const { database } = await readJournal(story);
  await other.open(database?.staged ?? "");
  await other.exec("BEGIN EXCLUSIVE");

  const ended = await child.goOn();

  assert.equal(ended.code, 70, ended.stderr);
  assert.equal(ended.answer, undefined, "nobody may be told how it ended");
  const journal = await readJournal(story);
  assert.equal(journal.state, "abandoning");
  assert.match(journal.lastError?.en ?? "", /library\.db/);
  await other.exec("ROLLBACK");
  assert.deepEqual(await story.state(), story.before);
  await story.house.restorer.recover();
  await assertEnded(story);
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("recover() completes an overwriting that was given up and happened all the same", async () => {
  await using story = await restoreStory();
  const killed = await story.restoreInChild({ killAt: "restore.database_written" });
  assert.ok(killed.killed, killed.stderr);
  const file = new JournalFile(dirname(story.config.database.path));
  await file.write({ ...await readJournal(story), state: "abandoning" });

  await story.house.restorer.recover();

  await assertEnded(story);
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a rollback whose overwriting stalls ends its process with 70, and the next one goes on with it", async () => {
  await using story = await restoreStory();
  const { backupId } = story;
  await using child = await pausedChild(story.library.root, {
    verb: "restore",
    request: { backupId },
    failAt: "restore.config_written",
    failCount: 2,
    // The second overwriting is the one back.
    pauseCount: 2,
    ...STALL,
  });
  await using other = await startProgram();
  const { database } = await readJournal(story);
  await other.open(database?.back?.staged ?? "");
  await other.exec("BEGIN EXCLUSIVE");

  const ended = await child.goOn();

  assert.equal(ended.code, 70, ended.stderr);
  assert.equal((await readJournal(story)).state, "rolling_back");
  await other.exec("ROLLBACK");
  await story.house.restorer.recover();
  await assertEnded(story);
  assert.deepEqual(await story.state(), story.before);
});
