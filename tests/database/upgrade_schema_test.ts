import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "../../src/database/check.ts";
import { readContents } from "../../src/database/contents.ts";
import { upgradeSchema } from "../../src/database/upgrade_schema.ts";
import { addForeignSchema } from "../helpers/foreign_schema.ts";
import { namesIn } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const OLD = `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
  INSERT INTO books VALUES (1, '红楼梦'), (1012345678901234567, 'x')`;

interface Upgraded {
  readonly added: string[];
  readonly notAdded: { name: string; found: string; isNeeded: boolean }[];
  /** Asks the upgraded database. */
  all(sql: string): Record<string, unknown>[];
  run(sql: string): void;
  readonly folder: string;
}

/** Brings one database up to another, and makes sure that it is sound and alone afterwards. */
async function upgraded(
  old: string,
  live: string,
  test: (result: Upgraded) => void | Promise<void>,
  foreign: Parameters<typeof addForeignSchema>[1] | null = null,
): Promise<void> {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name, "library.db");
  for (const [name, sql] of [["live", live], ["staged", old]] as const) {
    await Deno.mkdir(join(folder.path, name));
    using database = new DatabaseSync(at(name), { enableForeignKeyConstraints: false });
    database.exec(sql);
  }
  if (foreign !== null) addForeignSchema(at("live"), foreign);
  const before = await Deno.readFile(at("live"));

  const result = await upgradeSchema(at("staged"), at("live"));

  assert.deepEqual(await Deno.readFile(at("live")), before);
  assert.deepEqual(await namesIn(join(folder.path, "staged")), ["library.db"]);
  assert.deepEqual((await checkDatabase(at("staged"), { level: "full" })).problems, []);
  using database = new DatabaseSync(at("staged"), { enableForeignKeyConstraints: false });
  await test({
    ...result,
    all: (sql) => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all().map((row) => ({ ...row }));
    },
    run: (sql) => database.exec(sql),
    folder: folder.path,
  });
}

const reasons = ({ notAdded }: Upgraded) =>
  Object.fromEntries(notAdded.map(({ name, found }) => [name, found]));

Deno.test("upgradeSchema() adds columns that may be empty or have a default, and leaves every value as it is", async () => {
  const live =
    `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, -- the title, as printed
      note TEXT, rating INTEGER NOT NULL DEFAULT 0, "odd, name" VARCHAR(5) DEFAULT 'a,b',
      series_id INTEGER, kind TEXT COLLATE NOCASE CHECK (kind IN ('a', 'b')),
      folded TEXT AS (lower(title)) VIRTUAL, flags BLOB DEFAULT x'00',
      FOREIGN KEY (series_id) REFERENCES series (id) ON DELETE CASCADE);
    CREATE TABLE series (id INTEGER PRIMARY KEY);
    CREATE INDEX by_rating ON books (rating); CREATE INDEX by_title ON books (title)`;
  await upgraded(OLD, live, (result) => {
    assert.deepEqual(result.notAdded, []);
    assert.deepEqual(result.added, [
      "series",
      "books.note",
      "books.rating",
      "books.odd, name",
      "books.series_id",
      "books.kind",
      "books.folded",
      "books.flags",
    ]);
    assert.deepEqual(
      result.all('SELECT id, title, note, rating, "odd, name" AS odd, folded FROM books'),
      [
        { id: 1n, title: "红楼梦", note: null, rating: 0n, odd: "a,b", folded: "红楼梦" },
        { id: 1012345678901234567n, title: "x", note: null, rating: 0n, odd: "a,b", folded: "x" },
      ],
    );
    assert.deepEqual(
      result.all(
        `SELECT "table" AS t, "from" AS f, on_delete AS d FROM pragma_foreign_key_list('books')`,
      ),
      [{ t: "series", f: "series_id", d: "CASCADE" }],
    );
    const indexes = result.all("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name");
    assert.deepEqual(indexes.map(({ name }) => name), ["by_rating", "by_title"]);
    assert.throws(() => result.run("INSERT INTO books (title, kind) VALUES ('y', 'c')"), /CHECK/);
  });
});

Deno.test("upgradeSchema() fills what SQLite adds to an empty table only: times, expressions, stored columns", async () => {
  const old = `${OLD}; CREATE TABLE log (what);
    CREATE TRIGGER noted AFTER UPDATE ON books BEGIN INSERT INTO log VALUES ('touched'); END`;
  const live = `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL,
      added_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, day TEXT DEFAULT (date('2026-01-02', '+1 day')),
      size INT GENERATED ALWAYS AS (length(title)) STORED); CREATE TABLE log (what)`;
  await upgraded(old, live, (result) => {
    assert.deepEqual(reasons(result), {});
    assert.deepEqual(result.added, ["books.added_at", "books.day", "books.size"]);
    for (const row of result.all("SELECT added_at, day, size, length(title) AS l FROM books")) {
      assert.match(String(row["added_at"]), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      assert.deepEqual([row["day"], row["size"]], ["2026-01-03", row["l"]]);
    }
    assert.deepEqual(result.all("SELECT * FROM log"), [], "no trigger acts on what is filled in");
    result.run(
      "INSERT INTO books (title) VALUES ('new'); UPDATE books SET title = 'newer' WHERE title = 'new'",
    );
    assert.deepEqual(
      result.all("SELECT day, size, added_at IS NULL AS n FROM books WHERE title = 'newer'"),
      [{ day: "2026-01-03", size: 5n, n: 0n }],
    );
    assert.deepEqual(result.all("SELECT what FROM log"), [{ what: "touched" }]);
  });
});

Deno.test("upgradeSchema() tells what cannot be added, and adds the rest", async () => {
  const live =
    `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, isbn TEXT NOT NULL, note TEXT,
      code INT DEFAULT 7 UNIQUE, price INT NOT NULL DEFAULT -1 CHECK (price > 0));
    CREATE TABLE pairs (a, b, PRIMARY KEY (a, b))`;
  await upgraded(`${OLD}; CREATE TABLE pairs (a PRIMARY KEY)`, live, (result) => {
    assert.deepEqual(result.added, ["books.note", "books.code"]);
    assert.deepEqual(Object.keys(reasons(result)), [
      "books.isbn",
      "books.price",
      "shuku_unique_books_code",
      "pairs.b",
    ]);
    assert.match(reasons(result)["books.isbn"] ?? "", /NOT NULL column with default value NULL/);
    assert.ok(result.notAdded.every(({ isNeeded }) => isNeeded));
  });
});

Deno.test("upgradeSchema() makes unique what is, where the rows allow it", async () => {
  const live =
    `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, isbn TEXT CONSTRAINT one UNIQUE,
    shelf TEXT, UNIQUE (title, shelf))`;
  await upgraded(OLD, live, (result) => {
    assert.deepEqual(reasons(result), {});
    result.run("UPDATE books SET isbn = '7', shelf = 's' WHERE id = 1");
    assert.throws(() => result.run("UPDATE books SET isbn = '7'"), /UNIQUE/);
    result.run(`INSERT INTO books (title, shelf) VALUES ('红楼梦', 's')
      ON CONFLICT (title, shelf) DO UPDATE SET shelf = 't'`);
  });
});

Deno.test("upgradeSchema() adds a required column where there are no rows", async () => {
  await upgraded(
    "CREATE TABLE books (id INTEGER PRIMARY KEY)",
    "CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT NOT NULL, at DATETIME DEFAULT CURRENT_TIMESTAMP)",
    (result) => {
      // SQLite asks for a default all the same.
      assert.deepEqual(result.added.includes("books.at"), true);
      result.run("INSERT INTO books (id, isbn) VALUES (1, 'x')");
    },
  );
});

Deno.test("upgradeSchema() makes tables of every kind, with indexes, views, triggers and text searches", async () => {
  const live = `${OLD}; CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
    CREATE TABLE exact (a INT, b ANY) STRICT; CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE UNIQUE INDEX by_v ON keyed (v) WHERE v > 0; CREATE VIEW titles AS SELECT title FROM books;
    CREATE VIRTUAL TABLE search USING fts5 (title, content = 'books', content_rowid = 'id');
    CREATE TRIGGER found AFTER INSERT ON books BEGIN
      INSERT INTO search (rowid, title) VALUES (new.id, new.title); END;
    INSERT INTO keyed VALUES ('not for the backup', 1)`;
  await upgraded(OLD, live, (result) => {
    assert.deepEqual(reasons(result), {});
    assert.deepEqual(result.added, ["keyed", "exact", "counted", "search"]);
    assert.deepEqual(result.all("SELECT count(*) AS n FROM keyed"), [{ n: 0n }]);
    result.run("INSERT INTO books VALUES (2, 'dream')");
    assert.deepEqual(result.all("SELECT rowid AS id FROM search WHERE search MATCH 'dream OR x'"), [
      { id: 2n },
      { id: 1012345678901234567n },
    ]);
    assert.equal(result.all("SELECT * FROM titles").length, 3);
  });
});

Deno.test("upgradeSchema() adds what needs a collation or function of the library's own", async () => {
  const foreign = {
    what: "",
    make:
      `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, pinyin TEXT, c TEXT AS (app_key(title)));
      CREATE TABLE names (n TEXT UNIQUE, CONSTRAINT own CHECK (app_key(n) <> ''))`,
    replace: [["books", "pinyin TEXT", "pinyin TEXT COLLATE zh"], [
      "names",
      "n TEXT UNIQUE",
      "n TEXT COLLATE zh UNIQUE",
    ]],
    passedOver: [],
  } as const;
  await upgraded(OLD, "", async (result) => {
    assert.deepEqual(reasons(result), {});
    assert.deepEqual(result.added, ["names", "books.pinyin", "books.c"]);
    const [live, staged] = await Promise.all(
      ["live", "staged"].map((name) => readContents(join(result.folder, name, "library.db"))),
    );
    assert.deepEqual(staged?.columns, live?.columns);
    assert.deepEqual(
      result.all("SELECT sql FROM sqlite_schema WHERE name = 'names'"),
      [{
        sql:
          "CREATE TABLE names (n TEXT COLLATE zh UNIQUE, CONSTRAINT own CHECK (app_key(n) <> ''))",
      }],
    );
  }, foreign);
});

Deno.test("upgradeSchema() brings the version of Alembic along only when nothing is lacking", async () => {
  const version = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)";
  const live = (column: string) =>
    `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, ${column}); ${version};
      INSERT INTO alembic_version VALUES ('20260208')`;
  for (const old of [OLD, `${OLD}; ${version}`]) {
    await upgraded(old, live("note TEXT"), (result) => {
      assert.deepEqual(result.added, ["books.note", "alembic_version"]);
      assert.deepEqual(result.all("SELECT * FROM alembic_version"), [{ version_num: "20260208" }]);
    });
  }
  await upgraded(OLD, live("isbn TEXT NOT NULL"), (result) => {
    assert.deepEqual(Object.keys(reasons(result)), ["books.isbn", "alembic_version"]);
    assert.deepEqual(result.all("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"), []);
  });
});

Deno.test("upgradeSchema() leaves a database alone that lacks nothing", async () => {
  await upgraded(
    `${OLD}; CREATE TABLE more (a)`,
    OLD.replace("books", "BOOKS").replace("title", "Title"),
    (result) => {
      assert.deepEqual([result.added, result.notAdded], [[], []]);
    },
  );
});
