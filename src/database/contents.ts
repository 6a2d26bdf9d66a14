import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";
import type { DatabaseContents } from "./work/contents.ts";

export type { DatabaseContents, DatabaseExtra } from "./work/contents.ts";

const LOCK_TIMEOUT_MS = 10_000;

/** Options of {@linkcode readContents}. */
export interface ContentsOptions {
  /** The file came from outside: its trees are checked before they are walked. Never for the live database. */
  readonly stranger?: boolean;
  /** What is a stranger's file by its way here was made here, and is as large as it is. */
  readonly own?: boolean;
  /** `checkDatabase()` has found the stranger's file sound; its trees need no second look. */
  readonly isChecked?: boolean;
  /** `false`: `rows` stays empty, and no table is read whole. */
  readonly countRows?: boolean;
  /** Longest time it may take; default none. */
  readonly deadlineMs?: number;
  /** Stops the reading; at the latest two seconds later. */
  readonly signal?: AbortSignal;
}

/**
 * Reads what a database holds, at one instant: rows per table, schema, versions, admins.
 *
 * Rows of ordinary tables are counted; views, triggers and virtual tables are named and never run.
 *
 * @throws {AppError} `database.missing`, `database.not_sqlite`, `database.damaged`, `database.busy`,
 * `database.permission`, `database.timeout`; `database.hostile` for a stranger's over 10,000 schema objects or 16 MiB of
 * schema; the signal's reason.
 */
export async function readContents(
  path: string,
  options: ContentsOptions = {},
): Promise<DatabaseContents> {
  const { stranger = false, own = false, isChecked = false, countRows = true } = options;
  const { deadlineMs, signal } = options;
  signal?.throwIfAborted();
  await checkDatabaseFile(path);
  const limited = stranger && !own;
  const order = { path, stranger, limited, isChecked, countRows, lockTimeoutMs: LOCK_TIMEOUT_MS };
  return await inWorker("readFileContents", order, { path, deadlineMs, signal });
}

/**
 * Reads SQLite's counter of schema changes. Overwriting a database raises it by one in the same transaction;
 * writing rows leaves it alone.
 *
 * @param options `lockTimeoutMs`: how long another program's lock is waited for, default 10 s; `deadlineMs`: the longest
 * time it may take, default none.
 * @throws {AppError} `database.*` as {@linkcode readContents}.
 * @see https://sqlite.org/pragma.html#pragma_schema_version
 */
export async function readSchemaVersion(
  path: string,
  options: { lockTimeoutMs?: number; deadlineMs?: number } = {},
): Promise<number> {
  const { lockTimeoutMs = LOCK_TIMEOUT_MS, deadlineMs } = options;
  await checkDatabaseFile(path, { mayBeEmpty: true });
  return await inWorker("readVersion", { ...look(path), lockTimeoutMs }, { path, deadlineMs });
}

/**
 * Tells whether SQLite takes a file for a database, damaged or not; an empty one is none.
 *
 * @throws {AppError} `database.missing`, `database.permission`.
 */
export async function isDatabaseFile(path: string): Promise<boolean> {
  const { size } = await checkDatabaseFile(path, { mayBeEmpty: true });
  return size > 0 && await inWorker("recognise", look(path), { path });
}

function look(path: string) {
  return { path, stranger: false, limited: false, lockTimeoutMs: LOCK_TIMEOUT_MS };
}
