import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeManyTables } from "../helpers/many_tables.ts";
import { readOne } from "../helpers/sample_database.ts";
import { openTestApp, type TestApp } from "../helpers/test_app.ts";

const TABLES = 10_050;

/** The product over a library of more tables than a stranger's may have. */
async function openLarge(): Promise<TestApp> {
  const test = await openTestApp();
  const { path } = test.library.config.database;
  await Deno.remove(path);
  makeManyTables(path, TABLES);
  using database = new DatabaseSync(path);
  database.exec(`CREATE TABLE users (username, is_admin);
    INSERT INTO users VALUES ('admin', 1); INSERT INTO t${TABLES} VALUES ('last')`);
  return test;
}

Deno.test("an owner's 10,050 tables are backed up, checked, drilled, restored and undone as any", async () => {
  await using test = await openLarge();
  const { path } = test.library.config.database;
  const call = async (method: string, url: string, json?: unknown) => {
    const { status, body } = await test.call(method, url, json === undefined ? {} : { json });
    assert.equal(status, 200, `${url}: ${JSON.stringify(body).slice(0, 500)}`);
    return body;
  };

  const { backup_id: id } = await call("POST", "create", { includes: ["database"] });
  const valid = await call("GET", `validate/${id}`);
  const drill = await call("POST", "drill", { backup_id: id });
  const preview = await call("POST", "restore/preview", { backup_id: id });
  {
    using database = new DatabaseSync(path);
    database.exec(`DELETE FROM t${TABLES}`);
  }
  await call("POST", "restore", { backup_id: id });
  const restored = readOne(path, `SELECT a FROM t${TABLES}`);
  await call("POST", "restore/undo");

  assert.equal(valid.valid, true, JSON.stringify(valid));
  assert.equal(drill.result, "passed", JSON.stringify(drill));
  assert.equal(preview.allowed, true, JSON.stringify(preview.refusals));
  assert.equal(restored, "last");
  assert.equal(readOne(path, `SELECT count(*) FROM t${TABLES}`), 0);
});

Deno.test("10,050 tables that came from outside are restored for who vouches for them", async () => {
  await using test = await openLarge();
  const { config } = test.library;
  const { body: made } = await test.call("POST", "create", { json: { includes: ["database"] } });
  const id = "backup_20260101_000000";
  await Deno.rename(made.file_path, join(config.backup.path, `${id}.zip`));
  await Deno.remove(join(config.backup.path, `${made.backup_id}.json`));
  // As on a new server: what came by hand is nobody's.
  await test.call("PATCH", id, { json: { description: "moved" } });
  const sidecar = join(config.backup.path, `${id}.json`);
  const document = JSON.parse(await Deno.readTextFile(sidecar));
  await Deno.writeTextFile(sidecar, JSON.stringify({ ...document, kind: "uploaded" }));

  const preview = await test.call("POST", "restore/preview", { json: { backup_id: id } });
  const refused = await test.call("POST", "restore", { json: { backup_id: id } });
  const forced = await test.call("POST", "restore", { json: { backup_id: id, force: true } });

  assert.deepEqual(
    preview.body.refusals.map(({ code, force }: { code: string; force: boolean }) => [code, force]),
    [["restore.needs_force", true]],
  );
  assert.equal(refused.status, 409);
  assert.match(refused.body.detail, /objects in the schema > 10000/);
  assert.equal(forced.status, 200, JSON.stringify(forced.body));
});
