import type { DatabaseSync } from "node:sqlite";
import { foldName } from "../fold_name.ts";
import { quoteName } from "./connection.ts";
import { hasClause, readColumns } from "./table_definition.ts";
import { text } from "./schema.ts";

/** A column, with what is needed to add it to another database's table. */
export interface ColumnFacts {
  readonly name: string;
  /** As declared, without constraints. */
  readonly type: string;
  /** Its whole definition. */
  readonly sql: string;
  readonly isKey: boolean;
  readonly isRequired: boolean;
  /** An expression; `null` without one. */
  readonly defaultValue: string | null;
  readonly isStored: boolean;
}

/** A table of rows, with what is needed to bring another database's up to it. */
export interface TableFacts {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly ColumnFacts[];
  /** Columns that are unique together, by a constraint of a column or of the table. */
  readonly uniques: readonly (readonly string[])[];
  readonly indexes: readonly { readonly name: string; readonly sql: string }[];
}

/**
 * Lists the tables of rows in a schema, in the order in which they were made.
 *
 * Those that hold the content of a virtual table are its own affair, and left out.
 */
export function listTables(database: DatabaseSync): { name: string; sql: string }[] {
  const rows = database.prepare(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND rootpage > 0
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid`,
  ).all();
  const virtual = listVirtualTables(database).map(({ name }) => `${foldName(name)}_`);
  return rows.map((row) => ({ name: text(row["name"]), sql: text(row["sql"]) }))
    .filter(({ name }) => !virtual.some((prefix) => foldName(name).startsWith(prefix)));
}

/** Lists the virtual tables in a schema. */
export function listVirtualTables(database: DatabaseSync): { name: string; sql: string }[] {
  return database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND rootpage = 0 ORDER BY rowid",
  ).all().map((row) => ({ name: text(row["name"]), sql: text(row["sql"]) }));
}

/** Reads all of one table that {@linkcode TableFacts} tells. */
export function readTable(
  database: DatabaseSync,
  { name, sql }: { name: string; sql: string },
): TableFacts {
  const definitions = new Map(
    readColumns(sql).map((column) => [foldName(column.name), column.sql]),
  );
  const references = readReferences(database, name);
  const columns = database.prepare(
    `SELECT name, type, "notnull" AS required, dflt_value, pk, hidden FROM pragma_table_xinfo(?)`,
  ).all(name).map((row): ColumnFacts => {
    const column = text(row["name"]);
    const type = text(row["type"]);
    const written = definitions.get(foldName(column)) ?? `${quoteName(column)} ${type}`;
    const reference = references.get(foldName(column));
    return {
      name: column,
      type,
      sql: reference === undefined || hasClause(written, "REFERENCES")
        ? written
        : `${written} ${reference}`,
      isKey: Number(row["pk"]) > 0,
      isRequired: Number(row["required"]) !== 0,
      defaultValue: row["dflt_value"] === null ? null : text(row["dflt_value"]),
      isStored: Number(row["hidden"]) === 3,
    };
  });
  return {
    name,
    sql,
    columns,
    uniques: readUniques(database, name),
    indexes: readIndexes(database, name),
  };
}

/** Foreign keys of one column, most of which the library's tools write as constraints of the table. */
function readReferences(database: DatabaseSync, table: string): Map<string, string> {
  const rows = database.prepare(
    `SELECT "from" AS own, "table" AS other, "to" AS target, on_update, on_delete
      FROM pragma_foreign_key_list(?) GROUP BY id HAVING count(*) = 1`,
  ).all(table);
  return new Map(rows.map((row) => {
    const target = row["target"] === null ? "" : ` (${quoteName(text(row["target"]))})`;
    const clause = `REFERENCES ${quoteName(text(row["other"]))}${target} ON UPDATE ${
      text(row["on_update"])
    } ON DELETE ${text(row["on_delete"])}`;
    return [foldName(text(row["own"])), clause];
  }));
}

function readUniques(database: DatabaseSync, table: string): string[][] {
  const columns = database.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno");
  return database.prepare("SELECT name FROM pragma_index_list(?) WHERE origin = 'u'").all(table)
    .map((row) => columns.all(text(row["name"])).map((column) => text(column["name"])));
}

function readIndexes(database: DatabaseSync, table: string): { name: string; sql: string }[] {
  return database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
  ).all(table).map((row) => ({ name: text(row["name"]), sql: text(row["sql"]) }));
}
