import { DatabaseSync } from "node:sqlite";
import { allowSchemaWrites } from "./write_schema.ts";

/** A schema that leans on what only the library's program brings along. */
export interface ForeignSchema {
  readonly what: string;
  /** SQL that makes it, with a function `app_key` at hand. */
  readonly make: string;
  /** What becomes of a definition in the schema, where SQLite itself would refuse to make it so. */
  readonly replace?: readonly (readonly [table: string, from: string, to: string])[];
  /** SQL of definitions that SQLite itself would refuse to make. */
  readonly insert?: readonly string[];
  /** The tables that SQLite alone cannot work with wholly. */
  readonly passedOver: readonly string[];
}

const CI = "COLLATE some_ci";

/** Every way in which a table can need a collation, function, tokenizer or module that is not there. */
export const FOREIGN_SCHEMAS: readonly ForeignSchema[] = [
  {
    what: "a cover_path with a collation of its own, and an index on it",
    make: `CREATE TABLE books (id INTEGER PRIMARY KEY, cover_path TEXT);
      CREATE INDEX by_path ON books (cover_path);
      INSERT INTO books (cover_path) VALUES ('covers/1.jpg'), ('covers/2.jpg')`,
    replace: [["books", "cover_path TEXT", `cover_path TEXT ${CI}`]],
    passedOver: ["books"],
  },
  {
    what: "a key over a collation, without row ids",
    make: `CREATE TABLE names (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
      INSERT INTO names VALUES ('a', 1), ('b', 2)`,
    replace: [["names", "k TEXT", `k TEXT ${CI}`]],
    passedOver: ["names"],
  },
  {
    what: "a unique column with a collation, and a foreign key to it",
    make: `CREATE TABLE tags (name TEXT UNIQUE); INSERT INTO tags VALUES ('a'), ('b');
      CREATE TABLE book_tags (tag TEXT REFERENCES tags (name)); INSERT INTO book_tags VALUES ('a')`,
    replace: [["tags", "name TEXT", `name TEXT ${CI}`]],
    passedOver: ["book_tags", "tags"],
  },
  {
    what: "an index on a function",
    make: `CREATE TABLE books (title); CREATE INDEX by_key ON books (app_key(title));
      INSERT INTO books VALUES ('x')`,
    passedOver: ["books"],
  },
  {
    what: "a partial index with a function",
    make: `CREATE TABLE books (title); CREATE INDEX some ON books (title) WHERE app_key(title) > 1;
      INSERT INTO books VALUES ('x')`,
    passedOver: ["books"],
  },
  {
    what: "a virtual cover_path by a function",
    make: `CREATE TABLE books (title TEXT, cover_path TEXT AS (app_key(title)) VIRTUAL);
      INSERT INTO books (title) VALUES ('x')`,
    passedOver: ["books"],
  },
  {
    what: "a stored column, a default and a check by a function",
    make: `CREATE TABLE books (title TEXT, k AS (app_key(title)) STORED,
      d DEFAULT (app_key('x')), CHECK (app_key(title) IS NOT NULL));
      INSERT INTO books (title) VALUES ('x')`,
    passedOver: [],
  },
  {
    what: "a trigger and a view by a function",
    make: `CREATE TABLE books (title); INSERT INTO books VALUES ('x');
      CREATE VIEW keys AS SELECT app_key(title) AS k FROM books;
      CREATE TRIGGER touch AFTER UPDATE ON books BEGIN SELECT app_key(new.title); END`,
    passedOver: [],
  },
  {
    what: "a text search with a tokenizer",
    make: `CREATE VIRTUAL TABLE search USING fts5 (body); INSERT INTO search VALUES ('红楼梦')`,
    replace: [["search", "fts5 (body)", `fts5 (body, tokenize = "jieba")`]],
    passedOver: ["search"],
  },
  {
    what: "an older text search with a tokenizer",
    make: "CREATE VIRTUAL TABLE old_search USING fts4 (body); INSERT INTO old_search VALUES ('x')",
    replace: [["old_search", "fts4 (body)", "fts4 (body, tokenize=jieba)"]],
    passedOver: ["old_search"],
  },
  {
    what: "a module",
    make: "",
    insert: ["CREATE VIRTUAL TABLE vectors USING vec0 (x)"],
    passedOver: ["vectors"],
  },
  {
    what: "a virtual column that fails for a row",
    make: `CREATE TABLE books (meta TEXT); INSERT INTO books VALUES ('not json');
      ALTER TABLE books ADD COLUMN pages INT AS (json_extract(meta, '$.pages'))`,
    passedOver: ["books"],
  },
];

/** Adds a {@linkcode ForeignSchema} to a database, which is made when it is missing. */
export function addForeignSchema(path: string, schema: ForeignSchema): void {
  using database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.function(
    "app_key",
    { deterministic: true },
    (text) => text === null ? null : `${text}!`,
  );
  allowSchemaWrites(database);
  database.exec(`BEGIN; ${schema.make}; COMMIT; PRAGMA writable_schema = ON; BEGIN`);
  for (const [name, from, to] of schema.replace ?? []) {
    const { changes } = database.prepare(
      "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ? AND instr(sql, ?) > 0",
    ).run(from, to, name, from);
    if (changes !== 1) throw new Error(`${name} has no ${from}`);
  }
  for (const sql of schema.insert ?? []) {
    const [, name = ""] = /TABLE (\w+)/.exec(sql) ?? [];
    database.prepare("INSERT INTO sqlite_schema VALUES ('table', ?, ?, 0, ?)").run(name, name, sql);
  }
  const { schema_version: version } = database.prepare("PRAGMA schema_version").get() ?? {};
  database.exec(`COMMIT; PRAGMA schema_version = ${Number(version) + 1}`);
}
