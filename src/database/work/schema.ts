import { createHash } from "node:crypto";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { checkSchemaSize } from "./schema_tree.ts";

/** A row of `sqlite_schema`. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly rootPage: number;
  readonly sql: string;
}

/**
 * Reads a database's schema.
 *
 * @param options `limited`: it is counted before it is read, for the file decides how much there is.
 * @throws {AppError} `database.hostile` over the limits.
 */
export function readSchema(
  database: DatabaseSync,
  options: { readonly limited: boolean },
): SchemaObject[] {
  if (options.limited) limitSchema(database);
  const rows = database.prepare(
    "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY type, name, tbl_name, sql",
  ).all();
  return rows.map((row) => ({
    type: text(row["type"]),
    name: text(row["name"]),
    table: text(row["tbl_name"]),
    rootPage: Number(row["rootpage"] ?? 0),
    sql: text(row["sql"]),
  }));
}

function limitSchema(database: DatabaseSync): void {
  const size = database.prepare(
    "SELECT count(*) AS objects, total(length(CAST(sql AS BLOB))) AS bytes FROM sqlite_schema",
  ).get();
  checkSchemaSize(Number(size?.["objects"]), Number(size?.["bytes"]));
}

/** Tells whether it is a table that holds rows: views and virtual tables have no page of their own. */
export function isOrdinaryTable({ type, name, rootPage }: SchemaObject): boolean {
  return type === "table" && rootPage > 0 && !name.startsWith("sqlite_");
}

/** Lists the columns of a table, hidden and generated ones too. */
export function listColumns(database: DatabaseSync, table: string): string[] {
  return database.prepare("SELECT name FROM pragma_table_xinfo(?)").all(table)
    .map((row) => text(row["name"]));
}

/** SHA-256 over the definitions of everything in a schema, in hex. */
export function hashSchema(schema: readonly SchemaObject[]): string {
  const hash = createHash("sha256");
  for (const { type, name, table, sql } of schema) {
    // sqlite_stat1 and its kin come and go with ANALYZE.
    if (!name.startsWith("sqlite_")) hash.update(JSON.stringify([type, name, table, sql]) + "\n");
  }
  return hash.digest("hex");
}

/** A value as text; nothing for NULL. */
export function text(value: SQLOutputValue | undefined): string {
  return typeof value === "string" ? value : value === null ? "" : String(value ?? "");
}
