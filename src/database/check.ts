import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";
import type { CheckResult } from "./work/check.ts";

export type { CheckResult } from "./work/check.ts";

/** Options of {@linkcode checkDatabase}. */
export interface CheckOptions {
  /** `quick` (the default; 0.3 s for 600 MB) leaves out whether indexes match their tables (0.9 s). */
  readonly level?: "quick" | "full";
  /** Also look for foreign keys that point nowhere; see `violations`. */
  readonly foreignKeys?: boolean;
  /**
   * The file came from outside: its schema is looked at before SQLite reads it. Never for the live database, whose
   * locks in this process that look would drop.
   */
  readonly stranger?: boolean;
  /** What is a stranger's file by its way here was made here, and is as large as it is. */
  readonly own?: boolean;
  /** The file is our own copy of a live database, in which nobody hid a check without end. */
  readonly trusted?: boolean;
  /** What the number of pages must be. */
  readonly expectedPages?: number;
  /** Longest time it may take; default none. */
  readonly deadlineMs?: number;
  /** Stops the check; at the latest two seconds later. */
  readonly signal?: AbortSignal;
}

/**
 * Asks SQLite whether a database file is sound, trusting nothing in it.
 *
 * Changes nothing and leaves nothing beside the file. `CHECK` constraints, which a stranger may have written,
 * are not evaluated.
 *
 * @param path Any file: one that is empty or no database has a problem rather than being an error.
 * @throws {AppError} `database.missing`, `database.permission`, `database.busy`, `database.timeout`,
 * `database.hostile` (a stranger's schema beyond 10,000 objects or 16 MiB, or without end);
 * the signal's reason.
 */
export async function checkDatabase(
  path: string,
  options: CheckOptions = {},
): Promise<CheckResult> {
  const {
    stranger = false,
    own = false,
    trusted = false,
    level = "quick",
    foreignKeys = false,
    expectedPages = null,
    deadlineMs,
    signal,
  } = options;
  signal?.throwIfAborted();
  await checkDatabaseFile(path, { mayBeEmpty: true });
  const order = {
    path,
    stranger,
    limited: !own && !trusted,
    trusted,
    level,
    foreignKeys,
    expectedPages,
    lockTimeoutMs: 10_000,
  };
  return await inWorker("check", order, { path, deadlineMs, signal });
}
