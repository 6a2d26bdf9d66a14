import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { createHash } from "node:crypto";
import { AppError, isAppError } from "../../base/errors.ts";
import {
  openDatabase,
  pinSnapshot,
  quoteName,
  readNumber,
  readText,
  waitForLock,
} from "./connection.ts";
import { listProblems } from "./check.ts";
import { checkSchemaSize, checkSchemaTree } from "./schema_tree.ts";
import { fromSqliteError } from "./sqlite_error.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to look into a database. */
export interface LookOrder {
  readonly path: string;
  /** Did a stranger make the file? */
  readonly stranger: boolean;
  readonly lockTimeoutMs: number;
}

/** What a worker needs to read all that {@linkcode DatabaseContents} tells. */
export interface ContentsOrder extends LookOrder {
  /** The stranger's file was found sound before. */
  readonly isChecked: boolean;
  readonly countRows: boolean;
}

/** What is in a database. */
export interface DatabaseContents {
  /** Rows by ordinary table; a table that cannot be counted is missing. */
  readonly rows: Record<string, number>;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Pages of the file. */
  readonly pageCount: number;
  /** `wal`, `delete`, … */
  readonly journalMode: string;
  /** SQLite's counter of schema changes. */
  readonly schemaVersion: number;
  /** `PRAGMA user_version`, the application's own. */
  readonly userVersion: number;
  /** `PRAGMA application_id`. */
  readonly applicationId: number;
  /** SHA-256 over the definitions of everything in the schema, in hex. */
  readonly schemaHash: string;
  /** The rows of `alembic_version`, sorted; empty without one. */
  readonly alembicVersions: string[];
  /** Column names by ordinary table. */
  readonly columns: Record<string, string[]>;
  /** What can make a database do more than hold rows. */
  readonly extras: DatabaseExtra[];
  /** Users with `is_admin`; `null` when there is no such table. */
  readonly admins: { username: string; passwordHash: string }[] | null;
}

/** Something in a schema that is not a table, an ordinary index or a row. */
export interface DatabaseExtra {
  /** What it is. */
  readonly type: "view" | "trigger" | "virtual table" | "expression index";
  /** What it is called. */
  readonly name: string;
}

const MAX_ADMINS = 1_000;
const MAX_PATH_BYTES = 4096;

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly rootPage: number;
  readonly sql: string;
}

/** Does the work of `readContents()`. */
export function readFileContents(order: ContentsOrder, bench: Workbench): DatabaseContents {
  using database = openForLook(order, bench);
  return known(order.path, () => {
    const schema = readSchema(database);
    if (order.stranger && !order.isChecked) checkTrees(database, order.path);
    const tables = schema.filter(isOrdinaryTable).map(({ name }) => name);
    const columns = Object.fromEntries(tables.map((name) => [name, listColumns(database, name)]));
    return {
      rows: order.countRows ? countRows(database, tables, bench) : {},
      pageSize: readNumber(database, "PRAGMA page_size"),
      pageCount: readNumber(database, "PRAGMA page_count"),
      journalMode: readText(database, "PRAGMA journal_mode"),
      schemaVersion: readNumber(database, "PRAGMA schema_version"),
      userVersion: readNumber(database, "PRAGMA user_version"),
      applicationId: readNumber(database, "PRAGMA application_id"),
      schemaHash: hashSchema(schema),
      alembicVersions: listAlembicVersions(database, columns),
      columns,
      extras: listExtras(database, schema),
      admins: listAdmins(database, columns),
    };
  });
}

/** Does the work of `readSchemaVersion()`. */
export function readVersion(order: LookOrder, bench: Workbench): number {
  using database = openForLook(order, bench);
  return known(order.path, () => readNumber(database, "PRAGMA schema_version"));
}

/**
 * Lists every distinct, non-empty text in a column called `cover_path`, but for those longer than a path can be: pictures
 * kept in the database may be larger than all memory.
 */
export function listCovers(order: LookOrder, bench: Workbench): string[] {
  using database = openForLook(order, bench);
  return known(order.path, () => {
    const found = new Set<string>();
    for (const { name } of readSchema(database).filter(isOrdinaryTable)) {
      if (!listColumns(database, name).includes("cover_path")) continue;
      const sql = `SELECT DISTINCT cover_path AS path FROM ${quoteName(name)}
        WHERE typeof(cover_path) = 'text' AND octet_length(cover_path) BETWEEN 1 AND ${MAX_PATH_BYTES}`;
      // Not iterate(): it takes an error for the end.
      for (const row of database.prepare(sql).all()) found.add(String(row["path"]));
      bench.control.throwIfStopped();
    }
    return [...found];
  });
}

/** Does the work of `isDatabaseFile()`. */
export function recognise(order: LookOrder, bench: Workbench): boolean {
  try {
    using database = openForLook(order, bench);
    return readNumber(database, "PRAGMA page_count") > 0;
  } catch (error) {
    if (isAppError(error, "database.not_sqlite")) return false;
    if (isAppError(error, "database.damaged", "database.busy")) return true;
    throw error;
  }
}

/** Does the work of `probeWriteAccess()`: takes the write lock and lets it go. */
export function probeWrite(order: LookOrder, bench: Workbench): void {
  using database = openDatabase(order.path, { write: true });
  waitForLock(order.path, bench.control, order.lockTimeoutMs, () => {
    database.exec("BEGIN IMMEDIATE");
    database.exec("ROLLBACK");
  });
}

function openForLook(order: LookOrder, bench: Workbench): DatabaseSync {
  if (order.stranger) checkSchemaTree(order.path);
  const database = openDatabase(order.path, { stranger: order.stranger });
  try {
    waitForLock(order.path, bench.control, order.lockTimeoutMs, () => pinSnapshot(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function known<Result>(path: string, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

/** Counted before it is read: the file decides how much there is. */
function readSchema(database: DatabaseSync): SchemaObject[] {
  const size = database.prepare(
    "SELECT count(*) AS objects, total(length(CAST(sql AS BLOB))) AS bytes FROM sqlite_schema",
  ).get();
  checkSchemaSize(Number(size?.["objects"]), Number(size?.["bytes"]));
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

/** Counting rows of a malicious tree, whose pages are each other's children, would never end. */
function checkTrees(database: DatabaseSync, path: string): void {
  const [found] = listProblems(database, { level: "quick", maxProblems: 1 });
  if (found !== undefined) throw new AppError("database.damaged", { path, found });
}

/** Views and virtual tables have no page of their own. */
function isOrdinaryTable({ type, name, rootPage }: SchemaObject): boolean {
  return type === "table" && rootPage > 0 && !name.startsWith("sqlite_");
}

function countRows(
  database: DatabaseSync,
  tables: readonly string[],
  bench: Workbench,
): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const name of tables) {
    bench.control.throwIfStopped();
    const count = countTable(database, name);
    if (count !== null) rows[name] = count;
  }
  return rows;
}

/** An index is smaller than its table, but may need a collation that only the library knows. */
function countTable(database: DatabaseSync, name: string): number | null {
  for (const hint of ["", " NOT INDEXED"]) {
    try {
      return readNumber(database, `SELECT count(*) FROM ${quoteName(name)}${hint}`);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes("no such collation")) throw error;
    }
  }
  return null;
}

function listColumns(database: DatabaseSync, table: string): string[] {
  return database.prepare("SELECT name FROM pragma_table_xinfo(?)").all(table)
    .map((row) => text(row["name"]));
}

function hashSchema(schema: readonly SchemaObject[]): string {
  const hash = createHash("sha256");
  for (const { type, name, table, sql } of schema) {
    // sqlite_stat1 and its kin come and go with ANALYZE.
    if (!name.startsWith("sqlite_")) hash.update(JSON.stringify([type, name, table, sql]) + "\n");
  }
  return hash.digest("hex");
}

function listAlembicVersions(
  database: DatabaseSync,
  columns: Readonly<Record<string, string[]>>,
): string[] {
  if (!columns["alembic_version"]?.includes("version_num")) return [];
  return database.prepare("SELECT version_num AS version FROM alembic_version LIMIT 100").all()
    .map((row) => text(row["version"])).sort();
}

function listExtras(database: DatabaseSync, schema: readonly SchemaObject[]): DatabaseExtra[] {
  const hasExpression = database.prepare(
    "SELECT 1 FROM pragma_index_xinfo(?) WHERE cid = -2 LIMIT 1",
  );
  return schema.flatMap(({ type, name, rootPage }): DatabaseExtra[] => {
    if (type === "view" || type === "trigger") return [{ type, name }];
    if (type === "table" && rootPage === 0) return [{ type: "virtual table", name }];
    if (type !== "index" || hasExpression.get(name) === undefined) return [];
    return [{ type: "expression index", name }];
  });
}

function listAdmins(
  database: DatabaseSync,
  columns: Readonly<Record<string, string[]>>,
): { username: string; passwordHash: string }[] | null {
  const users = columns["users"];
  if (!users?.includes("username") || !users.includes("is_admin")) return null;
  const hash = users.includes("password_hash") ? "password_hash" : "''";
  return database.prepare(
    `SELECT username, ${hash} AS hash FROM users WHERE is_admin = 1 ORDER BY id LIMIT ${MAX_ADMINS}`
      .replace("ORDER BY id", users.includes("id") ? "ORDER BY id" : ""),
  ).all().map((row) => ({ username: text(row["username"]), passwordHash: text(row["hash"]) }));
}

function text(value: SQLOutputValue | undefined): string {
  return typeof value === "string" ? value : value === null ? "" : String(value ?? "");
}
