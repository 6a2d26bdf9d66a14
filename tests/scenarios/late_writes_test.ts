import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { RESTORE_MOMENTS } from "../../src/restore/moments.ts";
import { startProgram } from "../helpers/other_program.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

const at = (moment: typeof RESTORE_MOMENTS[number]) => RESTORE_MOMENTS.indexOf(moment);
/** From here on the restored content is in the database. */
const SINCE_WRITTEN = RESTORE_MOMENTS.slice(at("database_written"), at("rolling_back"));
/** From here to its end the covers are swapped. */
const WHILE_SWAPPING = RESTORE_MOMENTS.slice(at("committed"), at("files_swapped") + 1);

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`rows written since the restored content was committed survive one kill after another (${journalMode})`, async () => {
    await using story = await restoreStory({ journalMode });
    await using library = await startProgram();
    await library.open(story.config.database.path, 10_000);
    await library.all("SELECT count(*) AS n FROM books");
    const written: string[] = [];

    const every = journalMode === "wal" || isLongRun ? 1 : 4;
    for (const moment of SINCE_WRITTEN.filter((_, index) => index % every === 0)) {
      const kill = { killAt: `restore.${moment}` };
      const child = written.length === 0
        ? await story.restoreInChild(kill)
        : await story.child({ verb: "recover", ...kill });
      assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
      written.push(moment);
      await library.exec(`INSERT INTO tags (name, type) VALUES ('${moment}', 'late')`);
    }
    await story.house.restorer.recover();

    assert.deepEqual(lateRows(story), written);
    assert.deepEqual(
      await library.all("SELECT name FROM tags WHERE type = 'late' ORDER BY id"),
      written.map((name) => ({ name })),
    );
    removeLateRows(story);
    assert.deepEqual(await story.state(), story.backedUp);
  });
}

Deno.test("rows and covers that the library adds at every moment of a restore are still there", async () => {
  await using story = await restoreStory();
  const rows = new Set<string>();
  const covers = new Set<string>();
  installFailPoints((point) => {
    const moment = point.slice("restore.".length);
    const among = (moments: readonly string[]) => moments.includes(moment);
    if (among(SINCE_WRITTEN) && !rows.has(moment)) {
      rows.add(moment);
      story.sql(`INSERT INTO tags (name, type) VALUES ('${moment}', 'late')`);
    }
    if (among(WHILE_SWAPPING) && !covers.has(moment)) {
      covers.add(moment);
      Deno.writeTextFileSync(join(story.config.covers, `${moment}.jpg`), moment);
    }
  });

  try {
    const request = { backupId: story.backupId, actor: "test" };
    await (await story.house.restorer.start(request)).result;
  } finally {
    installFailPoints(null);
  }

  assert.ok(rows.size > 10 && covers.size > 6, `${rows.size} rows, ${covers.size} covers`);
  assert.deepEqual(lateRows(story), [...rows]);
  for (const moment of covers) {
    const path = join(story.config.covers, `${moment}.jpg`);
    assert.equal(await Deno.readTextFile(path), moment);
    await Deno.remove(path);
  }
  removeLateRows(story);
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("covers that the library adds between a kill and the next start are still there", async () => {
  await using story = await restoreStory();
  const covers: string[] = [];

  for (const moment of WHILE_SWAPPING) {
    const kill = { killAt: `restore.${moment}` };
    const child = covers.length === 0
      ? await story.restoreInChild(kill)
      : await story.child({ verb: "recover", ...kill });
    assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
    covers.push(moment);
    await Deno.writeTextFile(join(story.config.covers, `${moment}.jpg`), moment);
  }
  await story.house.restorer.recover();

  for (const moment of covers) {
    const path = join(story.config.covers, `${moment}.jpg`);
    assert.equal(await Deno.readTextFile(path), moment);
    await Deno.remove(path);
  }
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a rollback keeps what the library wrote into the restored database", async () => {
  await using story = await restoreStory();
  const child = await story.restoreInChild({ killAt: "restore.covers_applied" });
  assert.ok(child.killed);
  story.sql("INSERT INTO tags (name, type) VALUES ('before the rollback', 'late')");

  await story.house.restorer.look();
  await story.house.restorer.resolve({ action: "rollback", actor: "test" });

  assert.deepEqual(await story.state(), story.before);
  const [kept = ""] = (await Array.fromAsync(Deno.readDir(join(story.library.root, "data"))))
    .map(({ name }) => name).filter((name) => name.startsWith(".restore-kept-"));
  const path = join(story.library.root, "data", kept, "library.db");
  assert.deepEqual(lateRows(story, path), ["before the rollback"]);
});

function lateRows(story: RestoreStory, path = story.config.database.path): string[] {
  using database = new DatabaseSync(path, { timeout: 5000 });
  const rows = database.prepare("SELECT name FROM tags WHERE type = 'late' ORDER BY id").all();
  return rows.map(({ name }) => String(name));
}

function removeLateRows(story: RestoreStory): void {
  story.sql("DELETE FROM tags WHERE type = 'late'");
}
