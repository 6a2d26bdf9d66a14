import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { isDatabaseFile, readContents, readSchemaVersion } from "../../src/database/contents.ts";
import { checkDatabase } from "../../src/database/check.ts";
import { inspectDatabase } from "../../src/database/inspect.ts";
import { checkStranger } from "../../src/database/stranger.ts";
import { makeManyTables } from "../helpers/many_tables.ts";
import { makeTwiceNamed } from "../helpers/twice_named.ts";
import { makeSickIndex } from "../helpers/sick_index.ts";
import { makeDatabase, readOne } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { allowSchemaWrites } from "../helpers/write_schema.ts";

const LIBRARY = join(import.meta.dirname ?? ".", "../fixtures/sooklib/library/data/library.db");

async function withDatabase(
  sql: string,
  test: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  {
    using database = new DatabaseSync(path);
    allowSchemaWrites(database);
    database.exec(sql);
  }
  await test(path, folder.path);
}

for (const stranger of [false, true]) {
  Deno.test(`readContents() of Sooklib's library${stranger ? ", not trusted" : ""}`, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, "library.db");
    await Deno.copyFile(LIBRARY, path);

    const contents = await readContents(path, { stranger });

    assert.equal(contents.rows["books"], 200);
    assert.equal(contents.rows["users"], 2);
    assert.deepEqual(contents.alembicVersions, ["20260208"]);
    assert.deepEqual(contents.admins, [
      { username: "admin", passwordHash: "$2b$12$abcdefghijklmnopqrstuv" },
    ]);
    assert.ok(contents.columns["books"]?.includes("cover_path"));
    assert.deepEqual(contents.extras, []);
    assert.equal(contents.journalMode, "delete");
    assert.equal(contents.pageSize * contents.pageCount, (await Deno.stat(path)).size);
    assert.match(contents.schemaHash, /^[0-9a-f]{64}$/);
  });
}

Deno.test("readContents() names what is more than tables, and counts only tables", async () => {
  const sql = `CREATE TABLE plain (a, b AS (a + 1)); INSERT INTO plain (a) VALUES (1), (2);
    CREATE TABLE "odd ""name""" (x); CREATE TABLE keyed (k PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO keyed VALUES (1);
    CREATE VIEW sums AS SELECT a + b FROM plain;
    CREATE TRIGGER bomb AFTER INSERT ON plain BEGIN DELETE FROM keyed; END;
    CREATE INDEX ordinary ON plain (a); CREATE INDEX clever ON plain (a * 2);
    CREATE VIRTUAL TABLE search USING fts5 (body); PRAGMA user_version = 5; PRAGMA application_id = 6;`;
  await withDatabase(sql, async (path) => {
    const contents = await readContents(path, { stranger: true });

    assert.deepEqual(contents.extras, [
      { type: "expression index", name: "clever" },
      { type: "virtual table", name: "search" },
      { type: "trigger", name: "bomb" },
      { type: "view", name: "sums" },
    ]);
    assert.equal(contents.rows["plain"], 2);
    assert.equal(contents.rows["keyed"], 1);
    assert.equal(contents.rows['odd "name"'], 0);
    assert.ok(!("search" in contents.rows) && !("sums" in contents.rows));
    assert.deepEqual(contents.columns["plain"], ["a", "b"]);
    assert.equal(contents.userVersion, 5);
    assert.equal(contents.applicationId, 6);
    assert.equal(contents.admins, null);
    assert.deepEqual(contents.alembicVersions, []);
  });
});

Deno.test("readContents() hashes the schema, not the rows, the order of making or ANALYZE", async () => {
  const hashes: string[] = [];
  for (
    const sql of [
      "CREATE TABLE a (x); CREATE TABLE b (y)",
      "CREATE TABLE b (y); CREATE TABLE a (x); INSERT INTO a VALUES (1); CREATE INDEX i ON a (x); ANALYZE; DROP INDEX i",
      "CREATE TABLE a (x); CREATE TABLE b (z)",
    ]
  ) {
    await withDatabase(sql, async (path) => {
      hashes.push((await readContents(path)).schemaHash);
    });
  }

  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

Deno.test("readContents() survives a collation that only the library knows", async () => {
  await withDatabase(
    "CREATE TABLE names (a TEXT); INSERT INTO names VALUES ('x')",
    async (path) => {
      {
        using database = new DatabaseSync(path);
        allowSchemaWrites(database);
        database.exec(`CREATE INDEX by_name ON names (a); PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = 'CREATE TABLE names (a TEXT COLLATE PINYIN)' WHERE name = 'names'`);
      }

      const { rows } = await readContents(path, { stranger: true });

      assert.equal(rows["names"], 1);
    },
  );
});

Deno.test("readContents() refuses a stranger's schema beyond its limits, and nobody else's", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeManyTables(path, 10_050);
  const hostile = { code: "database.hostile" };
  await assert.rejects(readContents(path, { stranger: true }), hostile);
  await assert.rejects(checkDatabase(path, { stranger: true }), hostile);
  for (const options of [{}, { stranger: true, own: true }]) {
    assert.equal(Object.keys((await readContents(path, options)).rows).length, 10_051);
    assert.equal((await checkDatabase(path, options)).ok, true);
  }
  const long = `CREATE TABLE long (a /* ${"x".repeat(17 * 1024 * 1024)} */)`;
  await withDatabase(long, async (path) => {
    await assert.rejects(readContents(path, { stranger: true }), { code: "database.hostile" });
  });
});

Deno.test("what names a page twice is refused: a schema before SQLite reads it, a table at its first problem", async () => {
  await using folder = await tempFolder();
  for (const own of [false, true]) {
    const path = join(folder.path, "library.db");
    const options = { stranger: true, own };
    makeTwiceNamed(path, "schema");
    const hostile = { code: "database.hostile" };
    await assert.rejects(readContents(path, options), hostile);
    await assert.rejects(checkDatabase(path, options), hostile);

    await Deno.remove(path);
    makeTwiceNamed(path, "table");
    await assert.rejects(readContents(path, options), { code: "database.damaged" });
    assert.equal((await checkDatabase(path, options)).problems.length, 1);
    await Deno.remove(path);
  }
});

Deno.test("readContents() of a large database ends at its deadline, wherever that is", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeManyTables(path, 9_000);
  const whole = await readContents(path, { stranger: true });

  for (const deadlineMs of [0, 1]) {
    await assert.rejects(readContents(path, { stranger: true, deadlineMs }), {
      code: "database.timeout",
    });
    await assert.rejects(checkStranger(path, { name: "library.db", deadlineMs }), {
      code: "database.timeout",
    });
  }

  assert.equal(Object.keys(whole.rows).length, 9_001);
});

Deno.test("readContents() of damaged files fails with what is wrong", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 500 });
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.fill(0xa5, 40 * 4096, 60 * 4096));
  const text = join(folder.path, "text");
  await Deno.writeTextFile(text, "text ".repeat(500));

  await assert.rejects(readContents(path, { stranger: true }), { code: "database.damaged" });
  await assert.rejects(readContents(text), { code: "database.not_sqlite" });
  await assert.rejects(readContents(join(folder.path, "none")), { code: "database.missing" });
});

Deno.test("readContents() lists admins whatever else users may be", async () => {
  const sql = `CREATE TABLE users (username, is_admin, password_hash);
    INSERT INTO users VALUES ('a', 1, 'h'), ('b', 0, 'h'), (NULL, 1, NULL), (x'00', 1, 7)`;
  await withDatabase(sql, async (path) => {
    assert.equal((await readContents(path, { stranger: true })).admins?.length, 3);
  });
  await withDatabase("CREATE VIEW users AS SELECT 'a' AS username, 1 AS is_admin", async (path) => {
    assert.equal((await readContents(path)).admins, null);
  });
});

Deno.test("inspectDatabase() lists each named cover once, from whatever table", async () => {
  const sql = `CREATE TABLE books (cover_path); CREATE TABLE series (id, cover_path);
    INSERT INTO books VALUES ('covers/1.jpg'), ('covers/1.jpg'), (''), (NULL), (7);
    INSERT INTO series VALUES (1, '封面/红楼梦.jpg'), (2, 'covers/1.jpg')`;
  await withDatabase(sql, async (path) => {
    const { coverPaths, rows, problems } = await inspectDatabase(path, { check: true });

    assert.deepEqual([...coverPaths].sort(), ["covers/1.jpg", "封面/红楼梦.jpg"]);
    assert.deepEqual({ rows, problems }, { rows: { books: 5, series: 2 }, problems: [] });
  });
});

Deno.test("inspectDatabase() finds damage only when asked to check, and tells what it read before", async () => {
  const sql = `CREATE TABLE books (cover_path); CREATE INDEX by_path ON books (cover_path);
    INSERT INTO books VALUES ('covers/1.jpg'), ('covers/2.jpg');
    PRAGMA writable_schema = ON;
    DELETE FROM sqlite_schema WHERE name = 'by_path'; PRAGMA writable_schema = RESET;
    INSERT INTO books VALUES ('covers/3.jpg'); PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema VALUES ('index', 'by_path', 'books', 3,
      'CREATE INDEX by_path ON books (cover_path)')`;
  await withDatabase(sql, async (path) => {
    const checked = await inspectDatabase(path, { check: true });
    const unchecked = await inspectDatabase(path, { check: false });

    assert.deepEqual(checked.rows, { books: 3 });
    assert.match(checked.problems.join("\n"), /by_path/);
    assert.deepEqual(unchecked.problems, []);
  });
});

/** Tables of 300 rows whose columns are a text and `n`; an index on `n` is what SQLite counts the rows in. */
function tables(...definitions: string[]): string {
  return definitions.map((definition) => {
    const [name] = definition.split(" ");
    return `CREATE TABLE ${definition}; CREATE INDEX ${name}_n ON ${name} (n);
      WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 300)
        INSERT INTO ${name} SELECT 'covers/' || n || '.jpg', n FROM i;`;
  }).join("\n");
}

/** Makes a table's first page one that cannot be read. */
async function ruin(path: string, table: string): Promise<void> {
  const [page, bytes] = [
    `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`,
    "PRAGMA page_size",
  ].map((sql) => Number(readOne(path, sql)));
  const content = await Deno.readFile(path);
  const from = ((page ?? 0) - 1) * (bytes ?? 0);
  await Deno.writeFile(path, content.fill(0xa5, from, from + (bytes ?? 0)));
}

Deno.test("inspectDatabase() tells the rows it counted before it met a page that it cannot read", async () => {
  await withDatabase(tables("books (cover_path, n)"), async (path) => {
    await ruin(path, "books");

    for (const check of [true, false]) {
      // Listing the covers fails, so that nothing is checked after it.
      const { rows, coverPaths, problems } = await inspectDatabase(path, { check });

      assert.deepEqual({ rows, coverPaths }, { rows: { books: 300 }, coverPaths: [] });
      assert.match(problems.join("\n"), /malformed/);
    }
  });
});

Deno.test("inspectDatabase() tells all that the full check finds in our own copy", async () => {
  const sql = tables("books (title, n)", "series (title, n)");
  await withDatabase(sql, async (path) => {
    for (const table of ["books", "series"]) await ruin(path, table);

    const { rows, problems } = await inspectDatabase(path, { check: true });

    assert.deepEqual(rows, { books: 300, series: 300 });
    assert.ok(problems.length > 1, problems.join("\n"));
  });
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 3 });
  makeSickIndex(path);
  assert.match((await inspectDatabase(path, { check: true })).problems.join("\n"), /sick_value/);
});

Deno.test("inspectDatabase() takes nothing but damage for a finding, and stops when it is told to", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  await Deno.writeTextFile(path, "我不是数据库。".repeat(500));
  await assert.rejects(inspectDatabase(path, { check: true }), { code: "database.not_sqlite" });

  await Deno.remove(path);
  makeDatabase(path);
  const stop = new AbortController();
  const reason = new Error("enough");
  const inspecting = inspectDatabase(path, { check: true, signal: stop.signal });
  stop.abort(reason);
  await assert.rejects(inspecting, reason);
});

Deno.test("inspectDatabase() takes pages that cannot be read for a finding", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 500 });
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.fill(0xa5, 40 * 4096, 60 * 4096));

  const { problems } = await inspectDatabase(path, { check: true });

  assert.notDeepEqual(problems, []);
  await assert.rejects(inspectDatabase(join(folder.path, "none"), { check: true }), {
    code: "database.missing",
  });
});

Deno.test("readSchemaVersion() counts changes of the schema", async () => {
  await withDatabase(
    "CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO a VALUES (1)",
    async (path) => {
      assert.equal(await readSchemaVersion(path), 2);
    },
  );
});

Deno.test("isDatabaseFile() asks SQLite", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("yes"));
  await Deno.writeTextFile(at("text"), "SQLite format 3, it says");
  await Deno.writeTextFile(at("empty"), "");

  assert.equal(await isDatabaseFile(at("yes")), true);
  assert.equal(await isDatabaseFile(at("text")), false);
  assert.equal(await isDatabaseFile(at("empty")), false);
});
