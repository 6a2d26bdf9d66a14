import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { RestoreRequest } from "../../src/backup/types.ts";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { readState, type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { testCommand } from "../helpers/test_command.ts";

/** What the library has come to since the backup, without migrations. */
const GROWN = `ALTER TABLE books ADD COLUMN rating INTEGER NOT NULL DEFAULT 3;
  ALTER TABLE books ADD COLUMN note TEXT; CREATE INDEX by_rating ON books (rating);
  CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO shelves VALUES (1, 'now')`;
/** What no row of the backup's can be given. */
const REQUIRED =
  `DROP TABLE marks; CREATE TABLE marks (id INTEGER PRIMARY KEY, color TEXT NOT NULL)`;

/** A library that never heard of Alembic, with a backup of its older schema. */
async function plainStory(grown: string): Promise<RestoreStory> {
  const story = await restoreStory();
  story.sql(`DROP TABLE alembic_version;
    CREATE TABLE marks (id INTEGER PRIMARY KEY); INSERT INTO marks VALUES (1)`);
  const { backup_id: backupId } = await story.house.create({ includes: ["database"] });
  const backedUp = await readState(story.config);
  story.sql(grown);
  return { ...story, backupId, backedUp, before: await readState(story.config) };
}

async function restore(story: RestoreStory, request: Partial<RestoreRequest> = {}) {
  const whole = { backupId: story.backupId, actor: "test", ...request };
  return await (await story.house.restorer.start(whole)).result;
}

function ask(story: RestoreStory, sql: string): Record<string, unknown>[] {
  using database = new DatabaseSync(story.config.database.path);
  return database.prepare(sql).all().map((row) => ({ ...row }));
}

const shape = (story: RestoreStory) =>
  ask(
    story,
    `SELECT t.name AS t, c.name AS c, c.type, c."notnull" AS n, c.dflt_value AS d
    FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' ORDER BY t.name, c.name`,
  );

Deno.test("a backup of an older schema is restored with what the library has come to use since", async () => {
  await using story = await plainStory(GROWN);
  const wanted = shape(story);
  const request = { backupId: story.backupId, actor: "test" };

  const preview = await story.house.restorer.preview(request);
  assert.deepEqual(await story.state(), story.before, "the preview changes nothing");
  const result = await restore(story);

  assert.equal(preview.allowed, true, JSON.stringify(preview.refusals));
  assert.equal(preview.schema?.direction, "older");
  assert.deepEqual(preview.schema.lacking, ["shelves", "books.rating", "books.note"]);
  const upgrade = { added: ["shelves", "books.rating", "books.note"], missing: [] };
  assert.deepEqual(preview.schema.upgrade, upgrade);
  assert.deepEqual(result.schema_upgrade, upgrade);
  assert.deepEqual(preview.tables.find(({ name }) => name === "shelves"), {
    name: "shelves",
    before: 1,
    after: 0,
  });
  for (const { warnings } of [preview, result]) {
    const text = warnings.map(({ zh }) => zh).join("\n");
    assert.match(text, /补上了 shelves、books\.rating、books\.note/);
    assert.doesNotMatch(text, /迁移/, "nothing to migrate with is no advice");
  }
  assert.deepEqual(shape(story), wanted);
  assert.deepEqual(ask(story, "SELECT DISTINCT rating, note FROM books"), [{
    rating: 3,
    note: null,
  }]);
  assert.deepEqual(ask(story, "SELECT 1 FROM sqlite_schema WHERE name = 'by_rating'").length, 1);
  assert.deepEqual(await story.leftovers(), []);

  const { result: undone } = await story.house.restorer.undo({ actor: "test" });
  assert.equal((await undone).schema_upgrade, null);
  assert.deepEqual(await story.state(), story.before, "an undo returns exactly");
});

Deno.test("what cannot be added refuses the restore until it is forced, and the rest is added then", async () => {
  await using story = await plainStory(`${GROWN}; ${REQUIRED}`);
  const request = { backupId: story.backupId, actor: "test" };
  const preview = await story.house.restorer.preview(request);

  await assert.rejects(restore(story), (error) => {
    assert.ok(isAppError(error, "restore.older_schema"), String(error));
    assert.match(describeError(error, "en"), /lacks .*marks\.color \(Cannot add a NOT NULL/);
    assert.doesNotMatch(describeError(error, "en"), /migrations/);
    return true;
  });
  assert.deepEqual(await story.state(), story.before);
  const forced = await restore(story, { force: true });

  assert.equal(preview.allowed, false);
  assert.deepEqual(preview.refusals.map(({ code, force }) => [code, force]), [
    ["restore.older_schema", true],
  ]);
  assert.deepEqual(preview.schema?.upgrade?.missing.map(({ name }) => name), ["marks.color"]);
  assert.deepEqual(forced.schema_upgrade?.added, ["shelves", "books.rating", "books.note"]);
  assert.match(forced.warnings.map(({ en }) => en).join("\n"), /lacks .*marks\.color/);
  assert.ok(ask(story, "SELECT rating FROM books").length > 0);
});

Deno.test("upgrade_schema: false leaves the backup as it is, and needs force", async () => {
  await using story = await plainStory(GROWN);

  await assert.rejects(restore(story, { upgradeSchema: false }), (error) => {
    assert.ok(isAppError(error, "restore.older_schema"), String(error));
    assert.match(describeError(error, "zh"), /shelves.*upgrade_schema/);
    return true;
  });
  const { schema_upgrade } = await restore(story, { upgradeSchema: false, force: true });

  assert.equal(schema_upgrade, null);
  assert.deepEqual((await story.state()).database, story.backedUp.database);
});

Deno.test("where Alembic's versions differ the migrations are left to it, and named where there are any", async () => {
  await using story = await restoreStory();
  const { migrations } = story.config.database;
  await Deno.mkdir(migrations, { recursive: true });
  for (const [revision, down] of [["20260208", "None"], ["20260301", '"20260208"']]) {
    const text = `revision = "${revision}"\ndown_revision = ${down}\n`;
    await Deno.writeTextFile(`${migrations}/${revision}.py`, text);
  }
  story.sql(`${GROWN}; UPDATE alembic_version SET version_num = '20260301'`);

  const result = await restore(story, { includes: ["database"] });

  assert.equal(result.schema_upgrade, null);
  assert.match(result.warnings.map(({ zh }) => zh).join("\n"), /运行书库的数据库迁移/);
  assert.deepEqual((await story.state()).database, story.backedUp.database);
});

Deno.test("of one version, a column that the library uses is added, and a table that only it has is not", async () => {
  await using story = await restoreStory();
  story.sql(GROWN);

  const result = await restore(story, { includes: ["database"] });

  assert.deepEqual(result.schema_upgrade, { added: ["books.rating", "books.note"], missing: [] });
  assert.deepEqual(ask(story, "SELECT 1 FROM sqlite_schema WHERE name = 'shelves'"), []);
});

Deno.test("a backup from before Alembic gets the version of the schema that it is brought up to", async () => {
  await using story = await restoreStory();
  story.sql("ALTER TABLE alembic_version RENAME TO kept");
  const { backup_id: backupId } = await story.house.create({ includes: ["database"] });
  story.sql(`ALTER TABLE kept RENAME TO alembic_version; ${GROWN}`);

  const result = await restore({ ...story, backupId }, { force: true });

  assert.ok(result.schema_upgrade?.added.includes("alembic_version"));
  assert.deepEqual(ask(story, "SELECT * FROM alembic_version"), [{ version_num: "20260208" }]);
});

Deno.test("a restore that upgrades and is killed at any moment ends as the old library or the whole new one", async () => {
  await using first = await plainStory(GROWN);
  await restore(first);
  const restored = await first.state();
  for (const moment of ["unpacked", "staged", "committed", "database_locked", "database_written"]) {
    await using story = await plainStory(GROWN);
    const { killed } = await story.restoreInChild({
      request: { backupId: story.backupId },
      killAt: `restore.${moment}`,
    });
    assert.ok(killed, moment);
    await story.child({ verb: "recover" });

    const state = await story.state();
    const isNew = JSON.stringify(shape(story)) === JSON.stringify(shape(first)) &&
      ask(story, "SELECT count(*) AS n FROM shelves")[0]?.["n"] === 0;
    assert.ok(isNew || state.database === story.before.database, moment);
    const isBound = ["committed", "database_locked", "database_written"].includes(moment);
    assert.equal(isNew, isBound, moment);
    assert.equal(state.database === restored.database, isNew, moment);
    assert.deepEqual(await story.leftovers(), [], moment);
  }
});

Deno.test("both doors show what is added, and take the wish not to", async () => {
  await using test = await openTestApp();
  const { library } = test;
  const write = (sql: string) => {
    using database = new DatabaseSync(library.config.database.path);
    database.exec(sql);
  };
  write("DROP TABLE alembic_version");
  const { body: made } = await test.call("POST", "create", { json: { includes: ["database"] } });
  write(GROWN);
  const json = { backup_id: made.backup_id };

  const off = await test.call("POST", "restore", { json: { ...json, upgrade_schema: false } });
  const { body: preview } = await test.call("POST", "restore/preview", { json });
  const shown = await testCommand(library, ["restore", made.backup_id, "--dry-run"]);
  const refused = await testCommand(library, [
    "restore",
    made.backup_id,
    "--yes",
    "--json",
    "--no-upgrade-schema",
  ]);
  const { body: done } = await test.call("POST", "restore", { json });

  assert.deepEqual([off.status, off.body.code], [409, "restore.older_schema"]);
  assert.deepEqual(preview.schema.upgrade.added, ["shelves", "books.rating", "books.note"]);
  assert.match(shown.terminal.output, /Added: books\.rating/);
  assert.equal(refused.json.code, "restore.older_schema");
  assert.deepEqual(done.schema_upgrade, preview.schema.upgrade);
});
