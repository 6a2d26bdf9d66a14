import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import type { RestoreMoment } from "../../src/restore/moments.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { killOnWayBack, WAY_BACK } from "../helpers/way_back.ts";

/** Somebody asked for it, and the process was killed on the way. */
async function killedOn(
  story: RestoreStory,
  verb: "restore" | "rollback" | "resume",
  moment: RestoreMoment,
): Promise<void> {
  const killAt = `restore.${moment}`;
  const child = verb === "restore"
    ? await story.restoreInChild({ killAt })
    : await story.child({ verb, killAt });
  assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
}

async function resolve(story: RestoreStory, action: "rollback" | "resume"): Promise<void> {
  const status = await story.house.restorer.resolve({ action, actor: "test" });
  assert.equal(status.pending, false, story.house.log.lines.join("\n"));
}

function writeRow(story: RestoreStory, name: string): void {
  story.sql(`INSERT INTO tags (name, type) VALUES ('${name}', 'late')`);
}

/** What the library wrote since, in each database that was kept. */
async function keptRows(story: RestoreStory): Promise<string[]> {
  const data = dirname(story.config.database.path);
  const [folder = ""] = (await story.leftovers()).filter((name) =>
    name.startsWith(".restore-kept-")
  );
  const names = (await Array.fromAsync(Deno.readDir(join(data, folder)))).map(({ name }) => name);
  return names.toSorted().flatMap((name) => {
    using database = new DatabaseSync(join(data, folder, name), { readOnly: true });
    const rows = database.prepare("SELECT name FROM tags WHERE type = 'late'").all();
    return rows.map((row) => `${name}: ${row["name"]}`);
  });
}

Deno.test("a resume takes a rollback that kill -9 interrupted forward again, from every moment", async (t) => {
  await using original = await restoreStory();
  for (const moment of [...WAY_BACK, "outcome_written"] as const) {
    await t.step(moment, async () => {
      await using story = await original.clone();
      await killOnWayBack(story, moment);

      await resolve(story, "resume");

      const left = await story.leftovers();
      assert.deepEqual(left.filter((name) => !/^\.(?:restore-kept|shuku-undo)-/.test(name)), []);
      // Rolled back is an end: nothing is left to go forward with.
      if (moment === "rolled_back") return assert.deepEqual(await story.state(), story.before);
      assert.deepEqual(await story.state(), story.backedUp);
      await (await story.house.restorer.undo({ actor: "test" })).result;
      assert.deepEqual(await story.state(), story.before);
    });
  }
});

Deno.test("a resume puts config and covers in place again that were in place before the rollback", async (t) => {
  await using original = await restoreStory();
  for (const moment of ["config_returned", "file_returned"] as const) {
    await t.step(moment, async () => {
      await using story = await original.clone();
      await killedOn(story, "restore", "config_applied");
      await killedOn(story, "rollback", moment);

      await resolve(story, "resume");

      assert.deepEqual(await story.state(), story.backedUp);
    });
  }
});

Deno.test("going back and forth keeps everything that the library wrote in between", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "covers_applied");
  writeRow(story, "before the return");
  await killedOn(story, "rollback", "database_returned");
  writeRow(story, "before the resume");
  await killedOn(story, "resume", "database_written");
  writeRow(story, "before the second return");

  await resolve(story, "rollback");

  assert.deepEqual(await story.state(), story.before);
  assert.deepEqual(await keptRows(story), [
    "library-2.db: before the resume",
    "library-3.db: before the second return",
    "library.db: before the return",
  ]);
});

Deno.test("a way back to a database that somebody changed meanwhile is planned anew when a person says so", async (t) => {
  await using original = await restoreStory();
  for (const action of ["rollback", "resume"] as const) {
    await t.step(action, async () => {
      await using story = await original.clone();
      await killedOn(story, "restore", "covers_applied");
      await killedOn(story, "rollback", "database_return_planned");
      story.sql("CREATE TABLE somebody_elses (id INTEGER)");
      writeRow(story, "after the change");

      await story.house.restorer.recover();
      assert.equal(story.house.restorer.status().stuck, true);
      await resolve(story, action);

      assert.deepEqual(
        await story.state(),
        action === "rollback" ? story.before : story.backedUp,
      );
      assert.deepEqual(await keptRows(story), ["library-2.db: after the change"]);
    });
  }
});

Deno.test("a VACUUM of the library's own is not taken for the restored content", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "committed");
  // Adds one to the schema version, as the overwriting would, and leaves the schema as it is.
  story.sql("VACUUM");

  await story.house.restorer.recover();

  assert.equal(story.house.restorer.status().stuck, true);
  assert.deepEqual(await story.state(), story.before);
  await resolve(story, "resume");
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a rollback of a resume that started over brings the old database back, too", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "covers_applied");
  await killedOn(story, "rollback", "database_return_planned");
  // Neither the old nor the new one any more: the resume starts over.
  story.sql("CREATE TABLE somebody_elses (id INTEGER)");
  await killedOn(story, "resume", "database_locked");

  await resolve(story, "rollback");

  assert.deepEqual(await story.state(), story.before);
});

Deno.test("a resume that started over and fails goes back to the old database, not to what was live", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "covers_applied");
  await killedOn(story, "rollback", "database_return_planned");
  story.sql("CREATE TABLE somebody_elses (id INTEGER)");

  const child = await story.child({
    verb: "resume",
    failAt: "restore.database_locked",
    failTimes: 3,
  });

  assert.equal(child.status?.pending, false, child.stderr);
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("a VACUUM after an overwriting that was begun in vain is not taken for it", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "database_locked");
  const house = await restoreHouse(story.config, { lockTimeoutMs: 100 });
  {
    using other = new DatabaseSync(story.config.database.path);
    other.exec("BEGIN IMMEDIATE");
    await house.restorer.recover();
    other.exec("ROLLBACK");
  }
  assert.equal(house.restorer.status().state, "committed");
  story.sql("VACUUM");

  await house.restorer.recover();

  assert.equal(house.restorer.status().stuck, true);
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("a rollback keeps what the library wrote after the way back was planned", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "covers_applied");
  await killedOn(story, "rollback", "database_return_planned");
  writeRow(story, "after the plan");

  await story.house.restorer.recover();

  assert.deepEqual(await story.state(), story.before);
  assert.deepEqual(await keptRows(story), ["library.db: after the plan"]);
});

Deno.test("a config file that cannot be put back is kept once, however often that is tried", async () => {
  await using story = await restoreStory();
  await killedOn(story, "restore", "config_applied");
  const ours = story.config.path ?? "";
  await Deno.writeTextFile(ours, `${await Deno.readTextFile(ours)}# somebody's`);
  const failing = { verb: "recover", failAt: "restore.config_returned" } as const;
  await killedOn(story, "rollback", "rolling_back");
  for (let time = 0; time < 3; time += 1) {
    await story.child(failing);
    await Deno.writeTextFile(ours, `${story.backedUp.config}# somebody's`);
  }

  await resolve(story, "rollback");

  assert.equal(await Deno.readTextFile(ours), story.before.config);
  const [kept = ""] = (await story.leftovers()).filter((name) => name.startsWith(".restore-kept-"));
  const folder = join(dirname(story.config.database.path), kept, "config");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assert.deepEqual(names, ["config.yaml"]);
});
