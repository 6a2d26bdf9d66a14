import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";
import type { Inspection } from "./work/inspect.ts";

export type { Inspection } from "./work/inspect.ts";

const LOCK_TIMEOUT_MS = 10_000;

/** Options of {@linkcode inspectDatabase}. */
export interface InspectOptions {
  /** Whether SQLite checks it whole, indexes too. */
  readonly check: boolean;
  /** Stops the work; at the latest two seconds later. */
  readonly signal?: AbortSignal;
}

/**
 * Counts the rows of our own copy of a live database, lists the covers it names and, when asked to, checks it.
 *
 * All in one thread: starting another takes longer than looking. Damage is a finding, not an error, and what was read
 * before it was met is told too.
 *
 * @throws {AppError} `database.*` as `readContents()`, but for `database.damaged`; the signal's reason.
 */
export async function inspectDatabase(path: string, options: InspectOptions): Promise<Inspection> {
  const { check, signal } = options;
  signal?.throwIfAborted();
  await checkDatabaseFile(path);
  const file = { path, stranger: false, limited: false, lockTimeoutMs: LOCK_TIMEOUT_MS };
  const order = {
    contents: { ...file, isChecked: false, countRows: true },
    check: check
      ? { ...file, trusted: true, level: "full", foreignKeys: false, expectedPages: null } as const
      : null,
  };
  return await inWorker("inspect", order, { path, signal });
}
