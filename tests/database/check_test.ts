import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { checkDatabase } from "../../src/database/check.ts";
import { makeDatabase, namesIn, readOne } from "../helpers/sample_database.ts";
import { neglectIndex } from "../helpers/sick_index.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { allowSchemaWrites } from "../helpers/write_schema.ts";

const SOUND = { ok: true, problems: [], violations: [], passedOver: [] };

Deno.test("checkDatabase() finds nothing in a sound database, changes nothing and leaves nothing", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { journalMode: "wal" });
  const before = await Deno.readFile(path);

  assert.deepEqual(await checkDatabase(path), SOUND);
  assert.deepEqual(await checkDatabase(path, { level: "full", foreignKeys: true }), SOUND);

  assert.deepEqual(await Deno.readFile(path), before);
  assert.deepEqual(await namesIn(folder.path), ["library.db"]);
});

Deno.test("checkDatabase() finds damaged pages, an empty file, a text and a short file", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("sound.db"), { rows: 500 });
  const bytes = await Deno.readFile(at("sound.db"));
  await Deno.writeFile(at("page.db"), bytes.slice().fill(0xa5, 40 * 4096, 60 * 4096));
  await Deno.writeFile(at("schema.db"), bytes.slice().fill(0xa5, 100, 3000));
  await Deno.writeFile(at("short.db"), bytes.subarray(0, 4096 * 50));
  await Deno.writeFile(at("tiny.db"), bytes.subarray(0, 50));
  await Deno.writeTextFile(at("text.db"), "我不是数据库。".repeat(500));
  await Deno.writeTextFile(at("empty.db"), "");

  for (const name of ["page", "schema", "short", "tiny", "text", "empty"]) {
    const { ok, problems } = await checkDatabase(at(`${name}.db`));

    assert.equal(ok, false, name);
    assert.ok(problems.length > 0, name);
    assert.ok(problems.every((line) => !line.includes("\n")), `${name}: one line each`);
  }
});

Deno.test("checkDatabase() finds an index that contradicts its table only when asked for all", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path);
  {
    using database = new DatabaseSync(path);
    database.exec("CREATE INDEX wrong ON accounts (padding)");
  }
  corrupt(path, (database) => {
    database.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX wrong ON accounts (money)'
      WHERE name = 'wrong'`);
  });

  const { problems } = await checkDatabase(path, { level: "full" });
  assert.deepEqual(await checkDatabase(path), SOUND);
  assert.ok(problems.some((line) => line.includes("missing from index wrong")), problems.join());
});

Deno.test("checkDatabase() compares the number of pages", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path);
  const pages = Number(readOne(path, "PRAGMA page_count"));

  assert.deepEqual(await checkDatabase(path, { expectedPages: pages }), SOUND);
  assert.deepEqual((await checkDatabase(path, { expectedPages: pages + 1 })).problems, [
    `${pages} pages, expected ${pages + 1}`,
  ]);
});

Deno.test("checkDatabase() tells keys that point nowhere apart from damage", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  {
    using database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    database.exec(`CREATE TABLE books (id INTEGER PRIMARY KEY);
      CREATE TABLE reviews (book_id INTEGER REFERENCES books (id));
      INSERT INTO reviews VALUES (7);
      CREATE TABLE odd (a REFERENCES reviews (book_id))`);
  }

  const { ok, violations } = await checkDatabase(path, { foreignKeys: true });

  assert.equal(ok, true);
  assert.ok(violations.length > 0);
});

Deno.test("checkDatabase() runs no rule of the database's own and needs none of its extensions", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path);
  {
    using database = new DatabaseSync(path);
    database.exec(`CREATE TABLE rules (a CHECK (a > 0));
      PRAGMA ignore_check_constraints = ON; INSERT INTO rules VALUES (-1);
      CREATE TABLE names (a TEXT); INSERT INTO names VALUES ('x'), ('y');
      CREATE VIRTUAL TABLE search USING fts5 (body); INSERT INTO search VALUES ('红楼梦')`);
  }
  corrupt(path, (database) => {
    database.exec(`UPDATE sqlite_schema SET sql = 'CREATE TABLE names (a TEXT COLLATE PINYIN)'
      WHERE name = 'names'`);
    database.exec(`UPDATE sqlite_schema
      SET sql = 'CREATE VIRTUAL TABLE search USING fts5 (body, tokenize = "jieba")' WHERE name = 'search'`);
    database.exec(`INSERT INTO sqlite_schema VALUES ('table', 'far', 'far', 0,
      'CREATE VIRTUAL TABLE far USING nothing_we_know (x)')`);
  });

  for (const level of ["quick", "full"] as const) {
    const { ok, problems, passedOver } = await checkDatabase(path, { level });
    assert.deepEqual([ok, problems], [true, []]);
    assert.deepEqual(passedOver.map(({ name }) => name).sort(), ["far", "search"]);
  }
});

Deno.test("checkDatabase() reports missing files, folders and a reason to stop", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path);
  const reason = new Error("enough");

  await assert.rejects(checkDatabase(join(folder.path, "none")), { code: "database.missing" });
  await assert.rejects(checkDatabase(folder.path), { code: "database.folder" });
  await assert.rejects(checkDatabase(path, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("checkDatabase() past its deadline fails with database.timeout", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 5_000 });

  await assert.rejects(checkDatabase(path, { level: "full", deadlineMs: 0 }), {
    code: "database.timeout",
  });
});

/** Edits the schema as SQLite itself never would. */
function corrupt(path: string, edit: (database: DatabaseSync) => void): void {
  using database = new DatabaseSync(path);
  allowSchemaWrites(database);
  database.exec("PRAGMA writable_schema = ON");
  edit(database);
}

Deno.test("checkDatabase() finds nothing sound that SQLite could not check to its end", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  neglectIndex(path, {
    make: `CREATE TABLE books (n); CREATE INDEX by_n ON books (abs(n));
      INSERT INTO books VALUES (1)`,
    table: "books",
    index: "by_n",
    // abs() of it is an error, which ends the check in the middle.
    change: "UPDATE books SET n = -9223372036854775807 - 1",
  });

  const { ok, problems } = await checkDatabase(path, { level: "full", trusted: true });

  assert.equal(ok, false);
  assert.deepEqual(problems, ["integer overflow"]);
});
