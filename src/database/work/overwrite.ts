import { backup, type DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../../base/errors.ts";
import { openDatabase, readNumber, readText, waitForLock } from "./connection.ts";
import { fromSqliteError, isBusy } from "./sqlite_error.ts";
import { tidyLog } from "./tidy_log.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to overwrite a live database. */
export interface OverwriteOrder {
  readonly staged: string;
  readonly live: string;
  readonly lockTimeoutMs: number;
  /** What the live `PRAGMA schema_version` must be; `null`: anything. */
  readonly schemaVersion: number | null;
}

/** What a worker needs to claim a database for itself. */
export interface ClaimOrder {
  readonly live: string;
  readonly lockTimeoutMs: number;
}

interface LiveFacts {
  readonly isWal: boolean;
  readonly pageBytes: number;
  readonly schemaVersion: number;
}

/** Does the work of `overwriteDatabase()`. @returns Whether it was overwritten. */
export async function overwrite(order: OverwriteOrder, bench: Workbench): Promise<boolean> {
  const { staged, live, lockTimeoutMs, schemaVersion } = order;
  using source = openStaged(staged);
  using target = openDatabase(live, { write: true });
  const before = waitForLock(live, bench.control, lockTimeoutMs, () => readLive(target, live));
  if (schemaVersion !== null && before.schemaVersion !== schemaVersion) return false;
  const pageBytes = readNumber(source, "PRAGMA page_size");
  const pages = readNumber(source, "PRAGMA page_count");
  waitForLock(live, bench.control, lockTimeoutMs, () => takeLock(target, before));
  const mustLeaveWal = before.isWal && before.pageBytes !== pageBytes;
  try {
    // Somebody's VACUUM may have ended while the lock was waited for.
    if (schemaVersion !== null && readLive(target, live).schemaVersion !== schemaVersion) {
      return false;
    }
    bench.confirmLocked();
  } finally {
    target.exec("ROLLBACK");
  }
  if (mustLeaveWal) leaveWal(target, live, { live: before.pageBytes, backup: pageBytes });
  try {
    await write(source, live, { pages, pageBytes }, bench);
  } finally {
    if (mustLeaveWal) restoreWal(live, lockTimeoutMs, bench);
  }
  bench.reportCommitted();
  if (before.isWal && !mustLeaveWal) tidyLog(target);
  return true;
}

/**
 * Proves that nobody else has a WAL database open, and changes nothing: in this locking mode the first read needs the
 * whole file for itself, and every WAL connection holds a share of it.
 *
 * @see https://sqlite.org/wal.html#use_of_wal_without_shared_memory
 */
export function claimAlone({ live, lockTimeoutMs }: ClaimOrder, bench: Workbench): void {
  using database = openDatabase(live);
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  waitForLock(live, bench.control, lockTimeoutMs, () => {
    database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
  });
}

/** A copy that bears the mark of WAL would make a live rollback-journal database a WAL one. */
function openStaged(staged: string): DatabaseSync {
  const database = openDatabase(staged, { write: true });
  try {
    if (readText(database, "PRAGMA journal_mode = DELETE") === "delete") return database;
    throw new AppError("database.busy", { path: staged, waited_seconds: 0 });
  } catch (error) {
    database.close();
    throw fromSqliteError(error, staged);
  }
}

function readLive(target: DatabaseSync, live: string): LiveFacts {
  try {
    return {
      isWal: readText(target, "PRAGMA journal_mode") === "wal",
      pageBytes: readNumber(target, "PRAGMA page_size"),
      schemaVersion: readNumber(target, "PRAGMA schema_version"),
    };
  } catch (error) {
    const known = isBusy(error) ? error : fromSqliteError(error, live);
    // A damaged schema is exactly what a restore is for; SQLite writes over it whole.
    if (isAppError(known, "database.damaged", "database.unsupported")) {
      return { isWal: false, pageBytes: 0, schemaVersion: 0 };
    }
    throw known;
  }
}

/**
 * Proves that nobody is writing (and, in rollback mode, reading): `backup()` itself would wait for ever, could
 * not be stopped, and would still overwrite the database long after its caller gave up.
 */
function takeLock(target: DatabaseSync, { isWal }: LiveFacts): void {
  target.exec(isWal ? "BEGIN IMMEDIATE" : "BEGIN EXCLUSIVE");
}

async function write(
  source: DatabaseSync,
  live: string,
  { pages, pageBytes }: { readonly pages: number; readonly pageBytes: number },
  bench: Workbench,
): Promise<void> {
  try {
    await backup(source, live, {
      // Below the number of pages, so that the first step is reported: from then on the lock is ours.
      rate: Math.max(1, Math.min(2000, Math.floor(pages / 16))),
      progress: ({ totalPages, remainingPages }) => {
        bench.control.throwIfStopped();
        bench.progress((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
      },
    });
  } catch (error) {
    throw fromSqliteError(error, live);
  }
}

/** SQLite changes the page size of a WAL database never, and leaves WAL only for a sole user. */
function leaveWal(
  target: DatabaseSync,
  path: string,
  sizes: { readonly live: number; readonly backup: number },
): void {
  try {
    if (readText(target, "PRAGMA journal_mode = DELETE") === "delete") return;
  } catch (error) {
    if (!isBusy(error)) throw fromSqliteError(error, path);
  }
  throw new AppError("database.page_size", { path, ...sizes });
}

/**
 * A new connection: the one that left WAL still has the old page size in mind. Somebody may have come in between and
 * keep it busy, or the disk be full; the content is right either way, and the library chooses its mode when it opens the
 * file.
 */
function restoreWal(live: string, lockTimeoutMs: number, bench: Workbench): void {
  try {
    using database = openDatabase(live, { write: true });
    waitForLock(live, bench.control, lockTimeoutMs, () => {
      return readText(database, "PRAGMA journal_mode = WAL");
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
