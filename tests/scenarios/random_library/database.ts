import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { allowSchemaWrites } from "../../helpers/write_schema.ts";

/** What the SQL of a feature is made of. */
interface Words {
  /** A table's name, no other's. */
  readonly t: string;
  /** A number from 0 to 1000. */
  readonly n: number;
  /** Some text as SQL writes it. */
  readonly text: string;
  /** The same as a name. */
  readonly name: string;
}

/** Things that a library's program may have done to its database; only it knows `app_…`. */
const FEATURES: Readonly<Record<string, (words: Words) => string>> = {
  plain: ({ t, text }) =>
    `CREATE TABLE ${t} (a, b TEXT, c REAL); INSERT INTO ${t} VALUES (1, ${text}, 0.5)`,
  rows: ({ t, n }) =>
    `CREATE TABLE ${t} (id INTEGER PRIMARY KEY, x TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n + 1})
    INSERT INTO ${t} SELECT i, hex(i * 7919) FROM n`,
  withoutRowid: ({ t, text }) =>
    `CREATE TABLE ${t} (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO ${t} VALUES (${text}, 1)`,
  strict: ({ t, n, text }) =>
    `CREATE TABLE ${t} (a INT, b TEXT, c ANY) STRICT; INSERT INTO ${t} VALUES (${n}, ${text}, x'00')`,
  generated: ({ t, n }) =>
    `CREATE TABLE ${t} (a, b AS (a * 2), c AS (a || 'x') STORED); INSERT INTO ${t} (a) VALUES (${n})`,
  view: ({ t }) => `CREATE VIEW ${t} AS SELECT * FROM books`,
  trigger: ({ t }) =>
    `CREATE TABLE ${t} (a); CREATE TRIGGER ${t}_g AFTER INSERT ON ${t} BEGIN DELETE FROM ${t} WHERE a < 0; END`,
  expressionIndex: ({ t, text }) =>
    `CREATE TABLE ${t} (a TEXT); INSERT INTO ${t} VALUES (${text}); CREATE INDEX ${t}_i ON ${t} (lower(a))`,
  fts5: ({ t, text }) =>
    `CREATE VIRTUAL TABLE ${t} USING fts5(body); INSERT INTO ${t} VALUES (${text})`,
  rtree: ({ t, n }) =>
    `CREATE VIRTUAL TABLE ${t} USING rtree(id, a, b); INSERT INTO ${t} VALUES (1, 0, ${n})`,
  partialIndex: ({ t, n }) =>
    `CREATE TABLE ${t} (a, b); CREATE INDEX ${t}_i ON ${t} (a) WHERE b > ${n}`,
  foreignKey: ({ t }) => `CREATE TABLE ${t} (book REFERENCES books (id))`,
  brokenForeignKey: ({ t, n }) =>
    `PRAGMA foreign_keys = OFF; CREATE TABLE ${t} (book REFERENCES books (id)); INSERT INTO ${t} VALUES (${
      n + 5000
    })`,
  blob: ({ t, n }) =>
    `CREATE TABLE ${t} (b BLOB); INSERT INTO ${t} VALUES (zeroblob(${n * 50})), (randomblob(${n}))`,
  numbers: ({ t }) =>
    `CREATE TABLE ${t} (n); INSERT INTO ${t} VALUES (9223372036854775807), (-1), (1e308), (9e999), (NULL), ('01')`,
  oddNames: ({ t, name }) => `CREATE TABLE "${name} ${t}" ("a""b", "选择", "select")`,
  covers: ({ n, text }) =>
    `INSERT INTO books (title, cover_path) VALUES (${text}, '${n % 40}.jpg'), (${text}, ${text})`,
  dataUri: ({ n }) =>
    `INSERT INTO books (cover_path) VALUES ('data:image/png;base64,' || hex(zeroblob(${n * 40})))`,
  remoteCover: ({ n }) =>
    `INSERT INTO books (cover_path) VALUES ('https://covers.example/${n}.jpg'), ('//host/x.jpg'), ('')`,
  check: ({ t, n }) => `CREATE TABLE ${t} (a CHECK (a > 0)); INSERT INTO ${t} VALUES (${n + 1})`,
  defaults: ({ t, text }) =>
    `CREATE TABLE ${t} (a DEFAULT CURRENT_TIMESTAMP, b NOT NULL DEFAULT ${text}); INSERT INTO ${t} DEFAULT VALUES`,
  manyColumns: ({ t, n }) =>
    `CREATE TABLE ${t} (${Array.from({ length: 1 + n }, (_none, column) => `c${column}`).join()})`,
  alembic: ({ n }) =>
    `CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('r${n}')`,
  users: ({ text }) =>
    `CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, username TEXT, is_admin BOOLEAN); INSERT INTO users (username, is_admin) VALUES (${text}, 1)`,
  sequence: ({ t }) =>
    `CREATE TABLE ${t} (id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO ${t} (a) VALUES (1)`,
  appIndex: ({ t, text }) =>
    `CREATE TABLE ${t} (a TEXT); INSERT INTO ${t} VALUES (${text}); CREATE INDEX ${t}_i ON ${t} (app_key(a))`,
  appGenerated: ({ t, text }) =>
    `CREATE TABLE ${t} (a TEXT, cover_path AS (app_key(a))); INSERT INTO ${t} (a) VALUES (${text})`,
  appCheck: ({ t, text }) =>
    `CREATE TABLE ${t} (a TEXT CHECK (app_key(a) >= 0)); INSERT INTO ${t} VALUES (${text})`,
  appCollation: (words) =>
    rewritten(words, `(a TEXT COLLATE NOCASE UNIQUE)`, ["NOCASE", "app_ci"], words.text),
  appCoverCollation: (words) =>
    rewritten(words, `(cover_path TEXT COLLATE NOCASE)`, ["NOCASE", "app_ci"], words.text),
  appReference: (words) =>
    rewritten(words, `(a TEXT COLLATE NOCASE PRIMARY KEY, b REFERENCES books (id))`, [
      "NOCASE",
      "app_ci",
    ], `${words.text}, NULL`),
  appTokenizer: ({ t }) =>
    `CREATE VIRTUAL TABLE ${t} USING fts5(body, tokenize='unicode61'); ${
      schemaEdit(t, "unicode61", "app_words")
    }`,
  appModule: ({ t }) =>
    `PRAGMA writable_schema = ON;
    INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
      VALUES ('table', '${t}', '${t}', 0, 'CREATE VIRTUAL TABLE ${t} USING app_vectors(a)');
    PRAGMA writable_schema = OFF`,
};

/** A table whose schema only the library's program could have made: another word stands in it afterwards. */
function rewritten(
  { t }: Words,
  columns: string,
  [from, to]: [string, string],
  values: string,
): string {
  return `CREATE TABLE ${t} ${columns}; INSERT INTO ${t} VALUES (${values}); ${
    schemaEdit(t, from, to)
  }`;
}

function schemaEdit(t: string, from: string, to: string): string {
  return `PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = '${t}';
    PRAGMA writable_schema = OFF`;
}

/** How a database is laid out, and what is in it. */
export interface RandomDatabase {
  readonly pageSize: number;
  readonly journal: string;
  readonly encoding: string;
  readonly autoVacuum: number;
  readonly features: readonly {
    readonly what: string;
    readonly n: number;
    readonly text: string;
  }[];
}

/** Draws a database with some features, in any order. */
export const randomDatabase: fc.Arbitrary<RandomDatabase> = fc.record({
  pageSize: fc.constantFrom(512, 1024, 4096, 8192, 65_536),
  journal: fc.constantFrom("wal", "delete", "truncate"),
  encoding: fc.constantFrom("UTF-8", "UTF-8", "UTF-16le", "UTF-16be"),
  autoVacuum: fc.constantFrom(0, 1, 2),
  features: fc.array(
    fc.record({
      what: fc.constantFrom(...Object.keys(FEATURES)),
      n: fc.nat(1000),
      text: fc.string({ maxLength: 20, unit: "grapheme" }),
    }),
    { maxLength: 8 },
  ),
});

/** Makes the database as the library's own program would. */
export function makeDatabase(path: string, drawn: RandomDatabase): void {
  using database = new DatabaseSync(path);
  // Some of these schemas only a program that is not careful writes.
  allowSchemaWrites(database);
  database.exec(`PRAGMA page_size = ${drawn.pageSize}; PRAGMA encoding = '${drawn.encoding}';
    PRAGMA auto_vacuum = ${drawn.autoVacuum}; PRAGMA journal_mode = ${drawn.journal};
    PRAGMA synchronous = OFF`);
  database.exec("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, cover_path TEXT)");
  database.function("app_key", { deterministic: true }, (value) => String(value).length);
  drawn.features.forEach(({ what, n, text }, index) => {
    const plain = text.replaceAll("\0", "");
    const words = {
      t: `t${index}`,
      n,
      text: `'${plain.replaceAll("'", "''")}'`,
      name: plain.replaceAll('"', '""'),
    };
    // The schema is read anew before each: one statement may not know what was written into it.
    database.exec(FEATURES[what]?.(words) ?? "");
  });
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Bytes of the header that a copy of the pages may change: journal mode, counters, the schema's cookie. */
const FREE_BYTES = [[18, 20], [24, 28], [40, 44], [92, 100]] as const;

/** The pages of a database, without what a copy may change. @see https://sqlite.org/fileformat2.html#the_database_header */
export async function readPages(path: string): Promise<Uint8Array> {
  const bytes = await Deno.readFile(path);
  for (const [begin, end] of FREE_BYTES) bytes.fill(0, begin, end);
  return bytes;
}
