import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openTestApp, type TestApp } from "../helpers/test_app.ts";
import { run } from "../helpers/run.ts";

/** Nothing that a library holds may keep it from being backed up, or from going back to an older backup. */
const ABSURD: readonly { what: string; spoil(database: DatabaseSync): void }[] = [
  {
    what: "covers kept as data URIs",
    spoil: (database) => {
      const cover = database.prepare("UPDATE books SET cover_path = ? WHERE id = ?");
      for (let id = 1; id <= 50; id++) {
        cover.run(`data:image/jpeg;base64,${"A".repeat(65_537 + id)}`, id);
      }
      cover.run("data:,short", 51);
    },
  },
  {
    what: "200,001 remote addresses",
    spoil: (database) => many(database, 200_001, (index) => `https://covers.example/${index}.jpg`),
  },
  {
    what: "5,000 covers that are not there",
    spoil: (database) => many(database, 5000, (index) => `covers/lost/${index}.jpg`),
  },
  {
    what: "a table with a name of 70,000 characters",
    spoil: (database) => {
      const name = "t".repeat(70_000);
      database.exec(`CREATE TABLE "${name}" (id INTEGER); INSERT INTO "${name}" VALUES (1)`);
    },
  },
  {
    what: "names that JSON or JavaScript might trip over",
    spoil: (database) =>
      database.exec(`CREATE TABLE "__proto__" (id INTEGER); CREATE TABLE "files" (files TEXT);
        CREATE TABLE """],}{[" (id INTEGER); CREATE TABLE "\u{1F4DA}\u2028" (id INTEGER)`),
  },
];

function many(database: DatabaseSync, count: number, pathOf: (index: number) => string): void {
  database.exec("CREATE TABLE more (cover_path TEXT); BEGIN");
  const insert = database.prepare("INSERT INTO more VALUES (?)");
  for (let index = 0; index < count; index++) insert.run(pathOf(index));
  database.exec("COMMIT");
}

for (const { what, spoil } of ABSURD) {
  Deno.test(`a library with ${what} is backed up, and goes back to an older backup`, async () => {
    await using test = await openTestApp();
    const older = await create(test);
    using database = new DatabaseSync(test.library.config.database.path);
    spoil(database);

    const { backup_id, missing_covers, missing_covers_count } = await create(test);

    const lost = what.includes("not there") ? 5000 : 0;
    const before = older.missing_covers_count;
    // Every fixture's book that now names something else lacks no cover any more.
    assert.ok(missing_covers_count <= before + lost && missing_covers_count >= lost);
    assert.ok(missing_covers.length <= 1000);
    const checked = await test.call("GET", `validate/${backup_id}`);
    assert.deepEqual([checked.status, checked.body.valid], [200, true]);
    for (const id of [older.backup_id, backup_id]) {
      const restored = await test.call("POST", "restore", { json: { backup_id: id, force: true } });
      assert.equal(restored.status, 200, JSON.stringify(restored.body));
    }
    const archive = test.app.manager.list();
    assert.ok((await archive).every(({ state }) => state === "ok"));
  });
}

Deno.test("a backup of 10,050 tables is taken in on a new machine and restored there, by force", async () => {
  await using old = await openTestApp();
  using database = new DatabaseSync(old.library.config.database.path);
  database.exec("BEGIN");
  for (let index = 0; index < 10_050; index++) database.exec(`CREATE TABLE t${index} (id)`);
  database.exec("COMMIT");
  const { backup_id, file_path } = await create(old);
  const zip = await Deno.readFile(file_path);
  await using fresh = await openTestApp();

  const asked = await fresh.call("PUT", `upload/${backup_id}.zip`, { body: zip });
  const taken = await fresh.call("PUT", `upload/${backup_id}.zip?force=true`, { body: zip });
  const restored = await fresh.call("POST", "restore", { json: { backup_id, force: true } });

  assert.equal(asked.status, 400);
  assert.match(asked.body.detail, /force/);
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  assert.equal(restored.status, 200, JSON.stringify(restored.body));
});

Deno.test("a library with more links among its covers than a list holds is backed up", async () => {
  await using test = await openTestApp();
  for (let index = 0; index < 1500; index++) {
    await Deno.symlink("x".repeat(4000), join(test.library.config.covers, `link${index}`));
  }

  const { backup_id, file_path } = await create(test);

  const metadata = JSON.parse((await run("unzip", ["-p", file_path, "metadata.json"])).stdout);
  assert.deepEqual([metadata.symlinks.length, metadata.symlinks_count], [1000, 1500]);
  assert.equal((await test.call("GET", `validate/${backup_id}`)).body.valid, true);
});

async function create(test: TestApp) {
  const { status, body } = await test.call("POST", "create", { json: {} });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
