import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { JournalFile } from "../../src/restore/journal.ts";
import { lastRestorePath } from "../../src/restore/last_restore.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

function journalOf(story: RestoreStory): JournalFile {
  return new JournalFile(dirname(story.config.database.path));
}

async function killedAt(moment: string): Promise<RestoreStory> {
  const story = await restoreStory();
  const child = await story.restoreInChild({ killAt: `restore.${moment}` });
  assert.ok(child.killed, child.stderr);
  return story;
}

Deno.test("recover() never follows a damaged journal, and rollback sets it aside", async () => {
  await using story = await killedAt("committed");
  const { path } = journalOf(story);
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('"committed"', '"applied"'));
  const { restorer } = story.house;

  await restorer.recover();

  assert.equal(await Deno.readTextFile(path), text.replace('"committed"', '"applied"'));
  assert.equal(restorer.status().stuck, true);
  assert.equal(restorer.gate()?.code, "restore.in_progress");
  assert.deepEqual(await story.state(), story.before);
  assert.equal((await restorer.resolve({ action: "resume", actor: "test" })).stuck, true);
  const status = await restorer.resolve({ action: "rollback", actor: "test" });
  assert.equal(status.pending, false);
  assert.equal(restorer.gate(), null);
  const left = await story.leftovers();
  assert.ok(left.some((name) => name.startsWith(".shuku-restore.damaged-")), left.join());
});

Deno.test("recover() never applies a superseded journal", async () => {
  await using story = await killedAt("committed");
  const record = { id: "another", sequence: 9, parts: [], undoDatabase: null, snapshotId: null };
  await Deno.writeTextFile(
    lastRestorePath(dirname(story.config.database.path)),
    JSON.stringify(record),
  );

  await story.house.restorer.recover();

  assert.deepEqual(await story.state(), story.before);
  assert.equal(story.house.restorer.status().pending, false);
  const left = await story.leftovers();
  assert.ok(left.some((name) => name.startsWith(".shuku-restore.superseded-")), left.join());
});

Deno.test("a marker without its journal suspends writing until the journal is back", async () => {
  await using story = await killedAt("database_applied");
  const { path } = journalOf(story);
  await Deno.rename(path, `${path}.away`);
  const { restorer } = story.house;

  await restorer.recover();
  assert.equal(restorer.status().pending, true);
  assert.match(restorer.status().reason?.zh ?? "", /committed|\.restore-/);
  await Deno.rename(`${path}.away`, path);
  await restorer.recover();

  assert.equal(restorer.status().pending, false);
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a schema changed by somebody else meanwhile is for a person to decide", async (t) => {
  await using original = await killedAt("committed");
  for (const action of ["resume", "rollback"] as const) {
    await t.step(action, async () => {
      await using story = await original.clone();
      await moveJournal(original, story);
      story.sql("CREATE TABLE somebody_elses (id INTEGER)");
      const { restorer } = story.house;

      await restorer.recover();
      assert.equal(restorer.status().stuck, true);
      assert.deepEqual((await story.state()).covers, story.before.covers);
      const status = await restorer.resolve({ action, actor: "test" });

      assert.equal(status.pending, false, JSON.stringify(status));
      const wanted = action === "resume" ? story.backedUp : story.before;
      assert.deepEqual(await story.state(), wanted);
      const left = await story.leftovers();
      assert.ok(left.some((name) => name.startsWith(".restore-kept-")), left.join());
    });
  }
});

Deno.test("recover() leaves a busy database for later and says when", async () => {
  await using story = await killedAt("committed");
  const house = await restoreHouse(story.config, { lockTimeoutMs: 100 });
  const { DatabaseSync } = await import("node:sqlite");
  const other = new DatabaseSync(story.config.database.path);
  other.exec("BEGIN IMMEDIATE");

  await house.restorer.recover();
  const status = house.restorer.status();
  other.exec("ROLLBACK");
  other.close();
  await house.restorer.recover();

  assert.equal(status.pending, true);
  assert.equal(status.stuck, false);
  assert.equal(status.state, "committed");
  assert.ok(status.next_try_at !== null && status.reason !== null);
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a restore that stays unfinished says who completes it: this service, or the next command", async () => {
  await using original = await restoreStory();
  for (const isService of [false, true]) {
    await using story = await original.clone();
    const { restorer } = await restoreHouse(story.config, { sleep: () => Promise.resolve() });
    installFailPoints((name) => {
      if (name === "restore.outcome_written") throw new Error("made to fail");
    });
    const watch = isService ? restorer.watch(60_000) : null;
    const { result } = await restorer.start({ backupId: story.backupId, actor: "test" });
    const error = await result.then(() => null, (reason) => reason);
    installFailPoints(null);
    watch?.[Symbol.dispose]();

    assert.ok(isAppError(error, "restore.failed"), String(error));
    assert.equal(error.details["outcome"], "pending");
    const wanted = isService ? /retried in the background/ : /the next command completes it/;
    assert.match(describeError(error, "en"), wanted);
  }
});

Deno.test("a file in the way of a restore is named", async () => {
  await using story = await restoreStory();
  installFailPoints((name) => {
    if (name !== "restore.unpacked" && name !== "restore.unpacking") return;
    const data = dirname(story.config.database.path);
    const staging = [...Deno.readDirSync(data)].find((entry) => /^\.restore-/.test(entry.name));
    Deno.writeTextFileSync(join(data, staging?.name ?? "", "config-old"), "in the way");
  });
  const started = await story.house.restorer.start({ backupId: story.backupId, actor: "test" });
  const error = await started.result.then(() => null, (reason) => reason);
  installFailPoints(null);

  assert.match(describeError(error, "en"), /config-old/);
  assert.equal((await story.house.jobs.get(started.job.job_id)).error?.code, "storage.exists");
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("Restorer.watch() completes what another process left unfinished", async () => {
  await using story = await killedAt("files_placed");
  const { restorer } = story.house;
  {
    using _watch = restorer.watch(10);
    while ((await journalOf(story).read()).kind !== "absent" || restorer.status().pending) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // The last look may still be reading.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("recover() leaves a library alone whose journal and staging were moved away by hand", async () => {
  await using story = await killedAt("file_in");
  const away = join(story.library.root, "before");
  await Deno.mkdir(away);
  const data = dirname(story.config.database.path);
  for (const folder of [data, join(data, "avatars"), story.config.covers]) {
    for await (const { name } of Deno.readDir(folder)) {
      const to = join(away, `${basename(folder)} ${name}`);
      if (/^\.(?:shuku-restore|restore-)/.test(name)) await Deno.rename(join(folder, name), to);
    }
  }
  const byHand = await story.state();

  await story.house.restorer.recover();

  assert.equal(story.house.restorer.status().pending, false);
  assert.equal(story.house.restorer.gate(), null);
  assert.deepEqual(await story.state(), byHand);
});

/** A clone's journal names the original's paths. */
async function moveJournal(from: RestoreStory, to: RestoreStory): Promise<void> {
  const reading = await journalOf(from).read();
  assert.ok(reading.kind === "found");
  const text = JSON.stringify(reading.journal).replaceAll(from.library.root, to.library.root);
  await journalOf(to).write(JSON.parse(text));
  assert.ok(await Deno.stat(join(to.config.covers)));
}
