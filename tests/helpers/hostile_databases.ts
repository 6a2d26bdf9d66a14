import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeManyTables } from "./many_tables.ts";
import { makeTwiceNamed } from "./twice_named.ts";
import { allowSchemaWrites } from "./write_schema.ts";

/** What a stranger may write into a copy of the library's own database, and what then becomes of the backup. */
export interface HostileDatabase {
  readonly what: string;
  /** `too large`: refused at the door, and needs force once it is in the store. */
  readonly outcome: "refused" | "too large" | "needs force";
  /** Changes the copy at this path. */
  readonly spoil: (path: string) => void;
}

const sql = (statements: string) => (path: string) => {
  using database = new DatabaseSync(path);
  allowSchemaWrites(database);
  database.exec(statements);
};
const forced = (what: string, statements: string): HostileDatabase => ({
  what,
  outcome: "needs force",
  spoil: sql(statements),
});
const refused = (what: string, spoil: (path: string) => void): HostileDatabase => ({
  what,
  outcome: "refused",
  spoil,
});
const tooLarge = (what: string, spoil: (path: string) => void): HostileDatabase => ({
  what,
  outcome: "too large",
  spoil,
});

/** Every kind of database that could do harm when SQLite opens, checks or reads it. */
export const HOSTILE_DATABASES: readonly HostileDatabase[] = [
  refused("a database of garbage", (path) => Deno.writeTextFileSync(path, "garbage ".repeat(2000))),
  refused("a database of garbage behind a true header", (path) => {
    const bytes = Deno.readFileSync(path);
    Deno.writeFileSync(path, bytes.fill(0xa5, 100));
  }),
  refused("a database of no bytes", (path) => Deno.truncateSync(path)),
  refused("a database cut in half", (path) => Deno.truncateSync(path, 4096 * 20)),
  refused("a schema that names a page twice", (path) => remake(path, "schema")),
  refused("a table that names a page twice", (path) => remake(path, "table")),
  tooLarge("20,000 tables", (path) => {
    Deno.removeSync(path);
    makeManyTables(path, 20_000);
  }),
  tooLarge("17 MiB of schema", sql(`CREATE TABLE long (a /* ${"x".repeat(17 << 20)} */)`)),
  forced("a view", "CREATE VIEW titles AS SELECT title FROM books"),
  forced(
    "views of each other",
    "CREATE VIEW one AS SELECT * FROM two; CREATE VIEW two AS SELECT * FROM one",
  ),
  forced("an expression index", "CREATE INDEX folded ON books (lower(title))"),
  forced(
    "a trigger",
    "CREATE TRIGGER evil AFTER UPDATE ON books BEGIN DELETE FROM users; END",
  ),
  forced("a virtual table", "CREATE VIRTUAL TABLE evil USING fts5(a)"),
];

function remake(path: string, what: "schema" | "table"): void {
  Deno.removeSync(path);
  makeTwiceNamed(path, what);
}

/** Sorts authors as only their library can: an index of theirs cannot be checked here. */
export const withOwnCollation = sql(`PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = replace(sql, 'VARCHAR(100) NOT NULL', 'TEXT COLLATE PINYIN')
  WHERE name = 'authors'`);

/** The bytes of a copy of `live`, spoilt. */
export function spoiltCopy(live: string, folder: string, spoil: (path: string) => void) {
  const path = join(folder, "spoilt.db");
  Deno.copyFileSync(live, path);
  Deno.chmodSync(path, 0o600);
  spoil(path);
  const bytes = Deno.readFileSync(path);
  Deno.removeSync(path);
  return bytes;
}
