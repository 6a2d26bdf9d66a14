import type { DatabaseSync } from "node:sqlite";
import { foldName } from "../fold_name.ts";
import { addColumn, attempt, createTable } from "./alter_table.ts";
import { openDatabase, quoteName, waitForLock } from "./connection.ts";
import { known, openForLook } from "./look.ts";
import { listColumns, text } from "./schema.ts";
import { listTables, listVirtualTables, readTable, type TableFacts } from "./table_facts.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to bring a database up to the schema of another. */
export interface UpgradeOrder {
  /** Ours alone. */
  readonly staged: string;
  readonly live: string;
  /** Only columns of tables that are there, or tables and what belongs to them as well. */
  readonly scope: "all" | "columns";
  readonly lockTimeoutMs: number;
}

/** What was added to a database, and what could not be. */
export interface SchemaUpgrade {
  /** Tables and columns, such as `ratings` and `books.rating`. */
  readonly added: string[];
  readonly notAdded: {
    readonly name: string;
    /** In SQLite's words. */
    readonly found: string;
    /** The library's rows have no place without it. */
    readonly isNeeded: boolean;
  }[];
}

/** Where Alembic keeps how far a schema has come. */
const VERSIONS = "alembic_version";

/** What the live database has and the staged one lacks. */
interface Lack {
  readonly tables: TableFacts[];
  readonly columns: { readonly table: TableFacts; readonly lacking: ReadonlySet<string> }[];
  readonly virtual: { readonly name: string; readonly sql: string }[];
  /** Definitions of views and triggers. */
  readonly others: string[];
  /** `null`: the staged one needs none. */
  readonly versions: { readonly sql: string; readonly rows: readonly string[] } | null;
}

/** Does the work of `upgradeSchema()`. */
export function upgradeSchema(order: UpgradeOrder, bench: Workbench): SchemaUpgrade {
  const { staged, live, lockTimeoutMs } = order;
  const target = { path: staged, stranger: false, limited: false, lockTimeoutMs };
  using database = openDatabase(staged, { write: true, wary: true });
  return known(target, () => {
    // Nobody else knows the file, and a restore that stops now begins anew: no journal is needed beside it.
    database.prepare("PRAGMA journal_mode = MEMORY").get();
    waitForLock(staged, bench.control, lockTimeoutMs, () => database.exec("BEGIN IMMEDIATE"));
    const lack = readLack(database, { ...target, path: live }, bench);
    const upgrade: SchemaUpgrade = { added: [], notAdded: [] };
    if (order.scope === "all") {
      for (const table of lack.tables) addTable(database, table, upgrade);
    }
    for (const { table, lacking } of lack.columns) addColumns(database, table, lacking, upgrade);
    bench.control.throwIfStopped();
    if (order.scope === "all") addOthers(database, lack, upgrade);
    database.exec("COMMIT");
    return upgrade;
  });
}

/** What looks into tables, when they are complete. */
function addOthers(database: DatabaseSync, lack: Lack, upgrade: SchemaUpgrade): void {
  for (const table of lack.virtual) addVirtual(database, table, upgrade);
  if (upgrade.notAdded.length === 0) {
    for (const sql of lack.others) attempt(database, () => database.exec(sql));
  }
  addVersions(database, lack, upgrade);
}

function readLack(
  staged: DatabaseSync,
  order: Parameters<typeof openForLook>[0],
  bench: Workbench,
): Lack {
  const names = new Set(listNames(staged));
  const lack: Lack = { tables: [], columns: [], virtual: [], others: [], versions: null };
  using live = openForLook(order, bench);
  return known(order, () => {
    for (const table of listTables(live)) {
      if (foldName(table.name) === VERSIONS) continue;
      if (!names.has(foldName(table.name))) {
        lack.tables.push(readTable(live, table));
        continue;
      }
      const there = new Set(listColumns(staged, table.name).map(foldName));
      const lacking = listColumns(live, table.name).map(foldName).filter((name) =>
        !there.has(name)
      );
      if (lacking.length > 0) {
        lack.columns.push({ table: readTable(live, table), lacking: new Set(lacking) });
      }
    }
    lack.virtual.push(...listVirtualTables(live).filter(({ name }) => !names.has(foldName(name))));
    lack.others.push(
      ...listOthers(live).filter(({ name }) => !names.has(foldName(name)))
        .map(({ sql }) => sql),
    );
    return { ...lack, versions: readVersions(live, staged) };
  });
}

function listNames(database: DatabaseSync): string[] {
  return database.prepare("SELECT name FROM sqlite_schema").all()
    .map(({ name }) => foldName(text(name)));
}

function listOthers(database: DatabaseSync): { name: string; sql: string }[] {
  return database.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type DESC, rowid",
  ).all().map((row) => ({ name: text(row["name"]), sql: text(row["sql"]) }));
}

function readVersions(live: DatabaseSync, staged: DatabaseSync): Lack["versions"] {
  const rows = listVersions(live);
  if (rows.length === 0 || listVersions(staged).length > 0) return null;
  const table = listTables(live).find(({ name }) => foldName(name) === VERSIONS);
  return table === undefined ? null : { sql: table.sql, rows };
}

function listVersions(database: DatabaseSync): string[] {
  const table = listTables(database).find(({ name }) => foldName(name) === VERSIONS);
  if (table === undefined || !listColumns(database, table.name).includes("version_num")) return [];
  return database.prepare(
    `SELECT CAST(version_num AS TEXT) AS version FROM ${VERSIONS} NOT INDEXED`,
  )
    .all().map((row) => text(row["version"]));
}

function addTable(database: DatabaseSync, table: TableFacts, upgrade: SchemaUpgrade): void {
  const found = attempt(database, () => createTable(database, table.name, table.sql));
  if (found !== null) {
    upgrade.notAdded.push({ name: table.name, found, isNeeded: true });
    return;
  }
  upgrade.added.push(table.name);
  addIndexes(database, table, upgrade);
}

function addColumns(
  database: DatabaseSync,
  table: TableFacts,
  lacking: ReadonlySet<string>,
  upgrade: SchemaUpgrade,
): void {
  const added = new Set<string>();
  for (const column of table.columns.filter(({ name }) => lacking.has(foldName(name)))) {
    const name = `${table.name}.${column.name}`;
    const found = attempt(database, () => addColumn(database, table.name, column));
    if (found === null) {
      added.add(foldName(column.name));
      upgrade.added.push(name);
    } else upgrade.notAdded.push({ name, found, isNeeded: true });
  }
  if (added.size === 0) return;
  for (const columns of table.uniques) {
    if (!columns.some((column) => added.has(foldName(column)))) continue;
    const name = ["shuku_unique", table.name, ...columns].join("_");
    const sql = `CREATE UNIQUE INDEX ${quoteName(name)} ON ${quoteName(table.name)} (${
      columns.map(quoteName).join(", ")
    })`;
    addUnique(database, { name, sql }, upgrade);
  }
  addIndexes(database, table, upgrade);
}

/** A lookup without its index is slow; rows that should be unique and are not are wrong. */
function addIndexes(database: DatabaseSync, table: TableFacts, upgrade: SchemaUpgrade): void {
  const names = new Set(listNames(database));
  for (const index of table.indexes) {
    if (names.has(foldName(index.name))) continue;
    if (/^\s*CREATE\s+UNIQUE\b/i.test(index.sql)) addUnique(database, index, upgrade);
    else attempt(database, () => database.exec(index.sql));
  }
}

function addUnique(
  database: DatabaseSync,
  { name, sql }: { name: string; sql: string },
  upgrade: SchemaUpgrade,
): void {
  const found = attempt(database, () => database.exec(sql));
  if (found !== null) upgrade.notAdded.push({ name, found, isNeeded: true });
}

/** Its content is made from other tables, or lost: the library makes it anew where it has to. */
function addVirtual(
  database: DatabaseSync,
  { name, sql }: { name: string; sql: string },
  upgrade: SchemaUpgrade,
): void {
  const found = attempt(database, () => database.exec(sql));
  if (found !== null) {
    upgrade.notAdded.push({ name, found, isNeeded: false });
    return;
  }
  upgrade.added.push(name);
  // What a text search over another table is told to do; any other virtual table refuses.
  attempt(
    database,
    () => database.exec(`INSERT INTO ${quoteName(name)} (${quoteName(name)}) VALUES ('rebuild')`),
  );
}

/** A schema that is the live one's in all that counts has come as far; its migrations would fail over what is there. */
function addVersions(database: DatabaseSync, { versions }: Lack, upgrade: SchemaUpgrade): void {
  if (versions === null) return;
  if (upgrade.notAdded.some(({ isNeeded }) => isNeeded)) {
    upgrade.notAdded.push({ name: VERSIONS, found: "the schema is not complete", isNeeded: false });
    return;
  }
  const found = attempt(database, () => {
    if (!listNames(database).includes(VERSIONS)) database.exec(versions.sql);
    const add = database.prepare(`INSERT INTO ${VERSIONS} (version_num) VALUES (?)`);
    for (const version of versions.rows) add.run(version);
  });
  if (found === null) upgrade.added.push(VERSIONS);
  else upgrade.notAdded.push({ name: VERSIONS, found, isNeeded: false });
}
