import type { DatabaseSync } from "node:sqlite";
import { quoteName, readNumber, setDefensive } from "./connection.ts";
import { text } from "./schema.ts";
import { isBeyondSqlite, isDamage, wordsOf } from "./sqlite_error.ts";
import {
  generatedBy,
  hasClause,
  replaceColumn,
  withoutClause,
  withoutRules,
} from "./table_definition.ts";
import type { ColumnFacts } from "./table_facts.ts";

/** What SQLite says of a column that it adds only to an empty table, or not by itself. */
const NEEDS_FILLING = /non-constant default|STORED column|no such collation/;

/** What it says of one that nobody can add. */
const REQUIRED = "Cannot add a NOT NULL column with default value NULL";
const KEY = "Cannot add a PRIMARY KEY column";

/**
 * Does something to a schema, whole or not at all.
 *
 * @returns Why it could not be done, in SQLite's words; `null` when it was.
 * @throws What is about the disk.
 */
export function attempt(database: DatabaseSync, work: () => void): string | null {
  database.exec("SAVEPOINT attempt");
  try {
    work();
    database.exec("RELEASE attempt");
    return null;
  } catch (error) {
    database.exec("ROLLBACK TO attempt; RELEASE attempt; PRAGMA writable_schema = RESET");
    // A definition that SQLite does not take back from its own schema counts as one that it refuses.
    if (!isBeyondSqlite(error) && !isDamage(error)) throw error;
    return wordsOf(error);
  }
}

/** Makes a table as it is elsewhere, with collations and functions that SQLite itself does not know. */
export function createTable(database: DatabaseSync, name: string, sql: string): void {
  try {
    database.exec(sql);
  } catch (error) {
    if (!isBeyondSqlite(error)) throw error;
    database.exec(withoutRules(sql));
    writeDefinition(database, name, () => sql);
  }
}

/**
 * Adds a column as it is elsewhere, and gives the rows that are there its default: by `ALTER TABLE` where SQLite does it, else
 * by filling it and then writing its definition.
 *
 * @throws `Error` in SQLite's words when it cannot be added.
 * @see https://sqlite.org/lang_altertable.html#altertabaddcol
 */
export function addColumn(database: DatabaseSync, table: string, column: ColumnFacts): void {
  if (column.isKey) throw new Refusal(KEY);
  const alter = (definition: string) =>
    database.exec(`ALTER TABLE ${quoteName(table)} ADD COLUMN ${definition}`);
  // Unique it becomes by an index.
  const definition = withoutClause(column.sql, "UNIQUE");
  try {
    alter(definition);
  } catch (error) {
    if (!NEEDS_FILLING.test(wordsOf(error))) throw error;
    fill(database, table, { ...column, sql: definition });
  }
}

function fill(database: DatabaseSync, table: string, column: ColumnFacts): void {
  const value = column.isStored
    ? generatedBy(column.sql)
    : column.defaultValue === null
    ? null
    : `(${column.defaultValue})`;
  const [quoted, name] = [quoteName(table), quoteName(column.name)];
  if (
    value === null && column.isRequired &&
    readNumber(database, `SELECT EXISTS (SELECT 1 FROM ${quoted})`)
  ) {
    throw new Refusal(REQUIRED);
  }
  database.exec(`ALTER TABLE ${quoted} ADD COLUMN ${name} ${column.type}`);
  if (value !== null) {
    withoutTriggers(
      database,
      table,
      () => database.exec(`UPDATE ${quoted} SET ${name} = ${value}`),
    );
  }
  writeDefinition(database, table, (sql) => replaceColumn(sql, column.name, column.sql));
  if (column.isRequired || hasClause(column.sql, "CHECK")) checkRules(database, table);
}

/** Nobody's rule is to act on what is filled in. */
function withoutTriggers(database: DatabaseSync, table: string, work: () => void): void {
  const triggers = database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
  ).all(table);
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${quoteName(text(name))}`);
  work();
  for (const { sql } of triggers) database.exec(text(sql));
}

/** Rows that the definition, now that it is whole, does not allow are no more to be added than by `ALTER TABLE`. */
function checkRules(database: DatabaseSync, table: string): void {
  let found: unknown;
  try {
    const row = database.prepare(`PRAGMA quick_check(${quoteName(table)})`).get();
    found = Object.values(row ?? {})[0];
  } catch (error) {
    // A table that SQLite alone cannot check.
    if (!isBeyondSqlite(error)) throw error;
    return;
  }
  if (found !== "ok") throw new Refusal(String(found));
}

/** @see https://sqlite.org/lang_altertable.html#otheralter */
function writeDefinition(
  database: DatabaseSync,
  table: string,
  change: (sql: string) => string | null,
): void {
  const row = database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
  ).get(table);
  const sql = change(text(row?.["sql"]));
  if (sql === null) throw new Refusal(`no such column in the definition of ${table}`);
  setDefensive(database, false);
  try {
    database.exec("PRAGMA writable_schema = ON");
    database.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?")
      .run(sql, text(row?.["name"]));
    database.exec("PRAGMA writable_schema = RESET");
  } finally {
    setDefensive(database, true);
  }
  // Read anew, for SQLite to say what it thinks of it.
  database.prepare("SELECT 1 FROM pragma_table_xinfo(?)").get(table);
}

/** Said of a column in the words that SQLite has for it. */
class Refusal extends Error {
  readonly code = "ERR_SQLITE_ERROR";
}
