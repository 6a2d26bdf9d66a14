import type { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../../base/errors.ts";
import { openDatabase, quoteName, readNumber, readText, waitForLock } from "./connection.ts";
import { findProblems } from "./find_problems.ts";
import { known, type LookOrder, openForLook } from "./look.ts";
import { type PassedOver, PassedOverList } from "./passed_over.ts";
import {
  hashSchema,
  isOrdinaryTable,
  listColumns,
  readSchema,
  type SchemaObject,
  text,
} from "./schema.ts";
import { isBeyondSqlite } from "./sqlite_error.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to read all that {@linkcode DatabaseContents} tells. */
export interface ContentsOrder extends LookOrder {
  /** The stranger's file was found sound before. */
  readonly isChecked: boolean;
  readonly countRows: boolean;
}

/** What is in a database. */
export interface DatabaseContents {
  /** Rows by ordinary table; one that cannot be counted is passed over. */
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
  /** What could not be read or checked for want of what only the library's program has. */
  readonly passedOver: PassedOver[];
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

/** Does the work of `readContents()`. */
export function readFileContents(order: ContentsOrder, bench: Workbench): DatabaseContents {
  using database = openForLook(order, bench);
  return known(order, () => {
    const schema = readSchema(database, order);
    if (order.stranger && !order.isChecked) checkTrees(database, order.path);
    const tables = schema.filter(isOrdinaryTable).map(({ name }) => name);
    const columns = Object.fromEntries(tables.map((name) => [name, listColumns(database, name)]));
    const unknown = new PassedOverList(order);
    const rows = order.countRows ? countRows(database, { tables, bench, unknown }) : {};
    return {
      rows,
      pageSize: readNumber(database, "PRAGMA page_size"),
      pageCount: readNumber(database, "PRAGMA page_count"),
      journalMode: readText(database, "PRAGMA journal_mode"),
      schemaVersion: readNumber(database, "PRAGMA schema_version"),
      userVersion: readNumber(database, "PRAGMA user_version"),
      applicationId: readNumber(database, "PRAGMA application_id"),
      schemaHash: hashSchema(schema),
      alembicVersions: unknown.try("alembic_version", () =>
        listAlembicVersions(database, columns)) ?? [],
      columns,
      extras: listExtras(database, schema),
      admins: unknown.try("users", () => listAdmins(database, columns)),
      passedOver: unknown.list(),
    };
  });
}

/** Does the work of `readSchemaVersion()`. */
export function readVersion(order: LookOrder, bench: Workbench): number {
  using database = openForLook(order, bench);
  return known(order, () => readNumber(database, "PRAGMA schema_version"));
}

/** Does the work of `isDatabaseFile()`. */
export function recognise(order: LookOrder, bench: Workbench): boolean {
  try {
    using database = openForLook(order, bench);
    return readNumber(database, "PRAGMA page_count") > 0;
  } catch (error) {
    if (isAppError(error, "database.not_sqlite")) return false;
    if (isAppError(error, "database.damaged", "database.busy", "database.unsupported")) return true;
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

/** Counting the rows of a tree that is not sound may have no end. */
function checkTrees(database: DatabaseSync, path: string): void {
  const [found] =
    findProblems(database, { level: "quick", limited: true, maxProblems: 1 }).problems;
  if (found !== undefined) throw new AppError("database.damaged", { path, found });
}

function countRows(
  database: DatabaseSync,
  { tables, bench, unknown }: { tables: string[]; bench: Workbench; unknown: PassedOverList },
): Record<string, number> {
  const rows: [string, number][] = [];
  for (const name of tables) {
    bench.control.throwIfStopped();
    const count = unknown.try(name, () => countTable(database, name));
    if (count !== null) rows.push([name, count]);
  }
  return Object.fromEntries(rows);
}

/** An index is smaller than its table, but may need a collation that only the library knows. */
function countTable(database: DatabaseSync, name: string): number {
  const sql = `SELECT count(*) FROM ${quoteName(name)}`;
  try {
    return readNumber(database, sql);
  } catch (error) {
    if (!isBeyondSqlite(error)) throw error;
    return readNumber(database, `${sql} NOT INDEXED`);
  }
}

function listAlembicVersions(
  database: DatabaseSync,
  columns: Readonly<Record<string, string[]>>,
): string[] {
  if (!columns["alembic_version"]?.includes("version_num")) return [];
  return database.prepare(
    "SELECT CAST(version_num AS TEXT) AS version FROM alembic_version NOT INDEXED LIMIT 100",
  ).all().map((row) => text(row["version"])).sort();
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
  // By bytes, in the order of the rows: nothing here needs a collation or an index of the library's.
  return database.prepare(
    `SELECT CAST(username AS TEXT) AS name, CAST(${hash} AS TEXT) AS hash FROM users NOT INDEXED
      WHERE is_admin = 1 COLLATE BINARY LIMIT ${MAX_ADMINS}`,
  ).all().map((row) => ({ username: text(row["name"]), passwordHash: text(row["hash"]) }));
}
