import { DatabaseSync } from "node:sqlite";
import { fromSqliteError, isBusy } from "./sqlite_error.ts";
import { systemClock } from "../../base/clock.ts";
import { AppError } from "../../base/errors.ts";
import type { Control } from "./control.ts";

/** How often a worker that waits for another program's lock looks whether it should go on. */
const WAIT_SLICE_MS = 100;

/** A stranger's database gets this much of SQLite's heap; the limit is the whole process's. */
const HEAP_LIMIT_BYTES = 256 * 1024 * 1024;

/** The longest value that a stranger's expression may build. */
const VALUE_LIMIT_BYTES = 256 * 1024 * 1024;

/** Options of {@linkcode openDatabase}. */
export interface OpenOptions {
  /** May this connection change the content? Default `false`. Locks and checkpoints work either way. */
  readonly write?: boolean;
  /** Is nothing in its schema to be trusted? */
  readonly wary?: boolean;
  /** May it not use more of SQLite than a library needs? For a file that came from outside. */
  readonly limited?: boolean;
}

/**
 * Opens a database with no busy timeout: waiting is done by {@linkcode waitForLock}, which can be stopped.
 *
 * The connection is read-write for SQLite even where it only reads, because a read-only one leaves `-wal` and
 * `-shm` behind and cannot roll back what a crashed writer left.
 *
 * @throws {AppError} `database.*`
 */
export function openDatabase(path: string, options: OpenOptions = {}): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
    try {
      if (!options.write) database.exec("PRAGMA query_only = ON");
      if (options.wary) distrust(database);
      if (options.limited) limit(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

/** What `DatabaseSync` has in this Deno and its type declarations lack. */
interface Restrictable {
  enableDefensive(active: boolean): void;
  readonly limits: { length: number; attach: number; likePatternLength: number };
}

/** @see https://sqlite.org/security.html#untrusted_sqlite_database_files */
function distrust(database: DatabaseSync): void {
  setDefensive(database, true);
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA cell_size_check = ON");
  database.exec("PRAGMA mmap_size = 0");
}

/** Lets the schema be written as text, and ends that again. */
export function setDefensive(database: DatabaseSync, active: boolean): void {
  (database as unknown as Restrictable).enableDefensive(active);
}

/** What an owner's own database holds is never refused for its size. */
function limit(database: DatabaseSync): void {
  const { limits } = database as unknown as Restrictable;
  database.exec(`PRAGMA hard_heap_limit = ${HEAP_LIMIT_BYTES}`);
  limits.length = VALUE_LIMIT_BYTES;
  limits.attach = 0;
  limits.likePatternLength = 100;
}

/**
 * Runs `attempt` again and again while another program's lock is in its way.
 *
 * @param attempt Must leave nothing behind when it fails busy.
 * @throws {AppError} `database.busy` after `timeoutMs`, `job.cancelled`, what `attempt` throws as `database.*`.
 */
export function waitForLock<Result>(
  path: string,
  control: Control,
  timeoutMs: number,
  attempt: () => Result,
): Result {
  const start = systemClock.elapsed();
  while (true) {
    control.throwIfStopped();
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw fromSqliteError(error, path);
      const waitedMs = systemClock.elapsed() - start;
      if (waitedMs >= timeoutMs) throw busy(path, waitedMs, error);
      control.pause(Math.min(WAIT_SLICE_MS, timeoutMs - waitedMs));
    }
  }
}

function busy(path: string, waitedMs: number, cause: unknown): AppError {
  return new AppError("database.busy", { path, waited_seconds: Math.round(waitedMs / 1000) }, {
    cause,
  });
}

/** Reads one number, such as a pragma's. */
export function readNumber(database: DatabaseSync, sql: string): number {
  const value = readValue(database, sql);
  return typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : 0;
}

/** Reads one text, such as a pragma's. */
export function readText(database: DatabaseSync, sql: string): string {
  return String(readValue(database, sql) ?? "");
}

function readValue(database: DatabaseSync, sql: string): unknown {
  const row = database.prepare(sql).get();
  return row === undefined ? null : Object.values(row)[0];
}

/** Begins a read transaction that already sees its snapshot: a bare `BEGIN` would see a later one. */
export function pinSnapshot(database: DatabaseSync): void {
  database.exec("BEGIN");
  try {
    database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Writes an identifier for SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
