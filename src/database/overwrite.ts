import { AppError, isAppError } from "../base/errors.ts";
import { EarlyFlush } from "../storage/early_flush.ts";
import { fromOsError, isOsError, osErrorCode } from "../storage/os_error.ts";
import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";

/** A sign-in reads the library's users in less. */
const BRIEF_USE_MS = 1000;

/** Options of {@linkcode overwriteDatabase}. */
export interface OverwriteOptions {
  /** How long other programs' locks are waited for; default 10 s. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long the first step may take once the lock was held; default 30 s. */
  readonly stallTimeoutMs?: number | undefined;
  /** Overwrites nothing unless the live `PRAGMA schema_version` is this; 0 for a database that is not there. */
  readonly ifSchemaVersion?: number | undefined;
  /** Called after each step but the last, which commits. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Called with the write lock held, before anything is written. Throwing abandons, nothing changed. */
  readonly onLocked?: () => void | Promise<void>;
  /** Called when the new content is committed and safe. What follows, a WAL's checkpoint, takes a third of the time. */
  readonly onCommitted?: () => void;
  /** Stops the overwriting within a step and rolls it back, until the last step. */
  readonly signal?: AbortSignal;
}

/**
 * Replaces the content of a live database by that of another, in one SQLite transaction.
 *
 * Programs that have it open see the new content through their open connections. After any stop it holds all of
 * the old or all of the new. Its journal mode stays; its `schema_version` grows by one in the same
 * transaction. A WAL database needs room for the whole new content in its log.
 *
 * @param staged A sound database that nobody uses; left in journal mode DELETE.
 * @param live Created when absent; its folder must exist.
 * @returns Whether it was overwritten; `false` when the schema version is not the wanted one.
 * @throws {AppError} `database.busy` (locked for `lockTimeoutMs`), `database.page_size`, `database.not_sqlite` (see
 * {@linkcode overwriteDamagedDatabase}), `database.permission`, `storage.full`: nothing changed.
 * `database.timeout` with `unstoppable: true`: a lock came in between, and the overwriting **may still happen** until
 * this process ends. The signal's reason.
 * @see https://sqlite.org/backup.html
 */
export async function overwriteDatabase(
  staged: string,
  live: string,
  options: OverwriteOptions = {},
): Promise<boolean> {
  const { lockTimeoutMs = 10_000, stallTimeoutMs = 30_000, onProgress, onLocked, signal } = options;
  const { onCommitted, ifSchemaVersion: schemaVersion = null } = options;
  signal?.throwIfAborted();
  await checkDatabaseFile(staged);
  const isNew = await isMissing(live);
  let log: EarlyFlush | null = null;
  try {
    const order = { staged, live, lockTimeoutMs, schemaVersion };
    const isOverwritten = await inWorker("overwrite", order, {
      path: live,
      stallTimeoutMs,
      onProgress: (doneBytes, totalBytes) => {
        log?.reached(doneBytes);
        onProgress?.(doneBytes, totalBytes);
      },
      onLocked: async () => {
        await onLocked?.();
        log = await openLog(live);
      },
      onCommitted,
      signal,
    });
    if (isNew && !isOverwritten) await removeIfEmpty(live);
    return isOverwritten;
  } catch (error) {
    if (isNew) await removeIfEmpty(live);
    throw error;
  } finally {
    // SQLite flushes the log itself before it commits; whether that worked is what counts.
    await (log as EarlyFlush | null)?.[Symbol.asyncDispose]();
  }
}

/**
 * A WAL is flushed while it grows. SQLite's locks lie on the database and on `-shm`, so closing this file drops none;
 * the database itself must never be opened here.
 *
 * @returns `null` for a database without a WAL.
 */
async function openLog(live: string): Promise<EarlyFlush | null> {
  try {
    return await EarlyFlush.open(`${await Deno.realPath(live)}-wal`);
  } catch (error) {
    if (isAppError(error, "storage.missing") || isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, live);
  }
}

/**
 * Replaces a live file that SQLite no longer takes for a database: empties it in place, then
 * {@linkcode overwriteDatabase}.
 *
 * Not one transaction: the caller keeps a raw copy, and no other program may have the file open. Owner, mode and
 * links stay.
 *
 * @throws {AppError} As {@linkcode overwriteDatabase}; `storage.*`.
 */
export async function overwriteDamagedDatabase(
  staged: string,
  live: string,
  options: Omit<OverwriteOptions, "ifSchemaVersion"> = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  await checkDatabaseFile(staged);
  try {
    const real = await Deno.realPath(live);
    for (const suffix of ["-wal", "-shm", "-journal"]) await removeIfThere(real + suffix);
    await Deno.truncate(real, 0);
  } catch (error) {
    throw fromOsError(error, live);
  }
  await overwriteDatabase(staged, live, options);
}

/**
 * Refuses, before anything is prepared, what {@linkcode overwriteDatabase} would: SQLite changes the page size of a
 * WAL database only for its sole user. Changes nothing; a program that opens the database later is still in the way.
 *
 * @param live Path of a WAL database that no connection of this process has open.
 * @param pageBytes Of the live database and of the one to replace its content.
 * @throws {AppError} `database.page_size`, other `database.*`; the signal's reason.
 */
export async function checkPageSize(
  live: string,
  pageBytes: { readonly live: number; readonly backup: number },
  signal?: AbortSignal,
): Promise<void> {
  if (pageBytes.live === pageBytes.backup) return;
  try {
    await inWorker("claimAlone", { live, lockTimeoutMs: BRIEF_USE_MS }, { path: live, signal });
  } catch (error) {
    if (!isAppError(error, "database.busy")) throw error;
    throw new AppError("database.page_size", { path: live, ...pageBytes }, { cause: error });
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await checkDatabaseFile(path, { mayBeEmpty: true });
    return false;
  } catch (error) {
    if (isAppError(error, "database.missing")) return true;
    throw error;
  }
}

/**
 * SQLite creates the file before it writes; "nothing changed" includes that there is none. An empty one that stays is no
 * database either: why the work failed is what is told.
 */
async function removeIfEmpty(path: string): Promise<void> {
  try {
    if (!await isMissing(path) && (await Deno.stat(path)).size === 0) await removeIfThere(path);
  } catch (error) {
    if (!isAppError(error) && osErrorCode(error) === null) throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}
