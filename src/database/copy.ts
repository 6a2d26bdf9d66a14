import { isAppError } from "../base/errors.ts";
import { EarlyFlush } from "../storage/early_flush.ts";
import { fromOsError, osErrorCode } from "../storage/os_error.ts";
import { copyBytes } from "./copy_bytes.ts";
import { copyResting } from "./copy_resting.ts";
import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";
import type { CopyFacts, CopyOrder } from "./work/copy.ts";

export type { CopyFacts } from "./work/copy.ts";

/** Options of {@linkcode copyDatabase}. */
export interface CopyOptions {
  /** How long another program's lock is waited for; default 10 s. The copy itself may take what it takes. */
  readonly timeoutMs?: number;
  /** Leaves SQLite's check of the copy to the caller; the number of pages is compared all the same. */
  readonly unchecked?: boolean;
  /** Called after each step, about 8 MiB apart. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Stops the copy within a step. */
  readonly signal?: AbortSignal;
}

/**
 * Copies a live SQLite database into one new file, consistent at one instant.
 *
 * The copy holds what was committed when the call began, is in journal mode DELETE with nothing beside it,
 * mode 0600, and passed SQLite's own quick check. Runs in a worker: the caller's event loop stays free. Writers of a WAL
 * database go on meanwhile; writers of a rollback-journal one wait for the copy.
 *
 * @param source Path of the database; WAL or rollback journal, in use or not.
 * @param destination Path of the copy; must not exist, its folder must. After any failure it does not exist.
 * @returns Pages and bytes copied, and the source's journal mode.
 * @throws {AppError} `database.missing`, `database.busy`, `database.damaged`, `database.not_sqlite`,
 * `database.permission`, `storage.exists`, `storage.full` and other `storage.*` of the destination; the
 * signal's reason.
 * @see https://sqlite.org/backup.html
 */
export async function copyDatabase(
  source: string,
  destination: string,
  options: CopyOptions = {},
): Promise<CopyFacts> {
  const { timeoutMs = 10_000, unchecked = false, signal } = options;
  signal?.throwIfAborted();
  await checkDatabaseFile(source);
  await createEmpty(destination);
  try {
    const order = { source, destination, unchecked, lockTimeoutMs: timeoutMs };
    const facts = await copyAnyhow(order, options);
    signal?.throwIfAborted();
    return facts;
  } catch (error) {
    // An aborted copy leaves a file of 0 pages, which SQLite takes for a sound database.
    await removeDatabase(destination);
    throw error;
  }
}

/** Where SQLite cannot open a database that merely rests, its files are copied and opened elsewhere. */
async function copyAnyhow(order: CopyOrder, options: CopyOptions): Promise<CopyFacts> {
  try {
    return await copyFlushing(order, options);
  } catch (error) {
    if (!isAppError(error, "database.read_only")) throw error;
    await copyResting(order.source, order.destination, options);
    return await inWorker("adoptCopy", order, { path: order.source, signal: options.signal });
  }
}

/** SQLite flushes the copy when it is complete; what the disk has by then need not be waited for. */
async function copyFlushing(
  order: CopyOrder,
  { onProgress, signal }: Pick<CopyOptions, "onProgress" | "signal">,
): Promise<CopyFacts> {
  await using early = await EarlyFlush.open(order.destination);
  const facts = await inWorker("copy", order, {
    path: order.source,
    signal,
    onProgress: (doneBytes, totalBytes) => {
      early.reached(doneBytes);
      onProgress?.(doneBytes, totalBytes);
    },
  });
  await early.settle();
  return facts;
}

/**
 * Copies the bytes of a file that SQLite cannot read any more, for a snapshot before its repair.
 *
 * The caller sees to it that this process has no connection to `source`: closing the file drops every lock
 * SQLite holds on it here. What is in `-wal` beside it is not copied.
 *
 * @param destination Must not exist; after any failure it does not.
 * @throws {AppError} `database.missing`, `storage.*`; the signal's reason.
 * @see https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
export async function copyRawDatabase(
  source: string,
  destination: string,
  options: Pick<CopyOptions, "onProgress" | "signal"> = {},
): Promise<{ bytes: number }> {
  options.signal?.throwIfAborted();
  await checkDatabaseFile(source, { mayBeEmpty: true });
  await createEmpty(destination);
  try {
    return { bytes: await copyBytes(source, destination, options) };
  } catch (error) {
    await removeDatabase(destination);
    throw error;
  }
}

/** Claims the name, and keeps the copy from other users' eyes: SQLite itself would create it readable. */
async function createEmpty(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
  } catch (error) {
    throw fromOsError(error, path);
  }
}

/** What cannot be removed is a leftover like any other; why the copy failed is what is told. */
async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) {
    try {
      await Deno.remove(path + suffix);
    } catch (error) {
      if (osErrorCode(error) === null) throw error;
    }
  }
}
