import { backup, type DatabaseSync } from "node:sqlite";
import { AppError } from "../../base/errors.ts";
import { openDatabase, pinSnapshot, readNumber, readText, waitForLock } from "./connection.ts";
import { blame } from "./blame.ts";
import { findProblems } from "./find_problems.ts";
import { fromSqliteError } from "./sqlite_error.ts";
import { tidyLog } from "./tidy_log.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to copy a database. */
export interface CopyOrder {
  readonly source: string;
  /** An empty file. */
  readonly destination: string;
  /** The caller checks the copy itself. */
  readonly unchecked: boolean;
  readonly lockTimeoutMs: number;
}

/** What was copied. */
export interface CopyFacts {
  /** Pages of the source, and of the copy. */
  readonly pages: number;
  /** Size of the copy. */
  readonly bytes: number;
  /** The source's journal mode, such as `wal`. */
  readonly journalMode: string;
}

/** Does the work of `copyDatabase()`. */
export async function copy(order: CopyOrder, bench: Workbench): Promise<CopyFacts> {
  const facts = await copyPages(order, bench);
  finishCopy(order, facts, bench);
  return facts;
}

/** Does the rest of `copyDatabase()` for files that were copied as they lay: SQLite takes in what is in the log or journal. */
export function adoptCopy(order: CopyOrder, bench: Workbench): CopyFacts {
  const facts = readCopied(order);
  finishCopy(order, facts, bench);
  return facts;
}

function readCopied(order: CopyOrder): CopyFacts {
  try {
    using database = openDatabase(order.destination, { write: true });
    return readFacts(database, order.destination);
  } catch (error) {
    throw blame(error, order);
  }
}

async function copyPages(order: CopyOrder, bench: Workbench): Promise<CopyFacts> {
  const { source, destination, lockTimeoutMs } = order;
  using database = openDatabase(source);
  // Without the pinned snapshot each commit of another process would start the copy anew, for ever.
  waitForLock(source, bench.control, lockTimeoutMs, () => pinSnapshot(database));
  const facts = readFacts(database, source);
  try {
    await backup(database, destination, {
      rate: stepPages(facts),
      progress: ({ totalPages, remainingPages }) => {
        bench.control.throwIfStopped();
        const pageBytes = facts.bytes / facts.pages;
        bench.progress((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
      },
    });
  } catch (error) {
    throw blame(error, { ...order, bytes: facts.bytes });
  }
  database.exec("COMMIT");
  // The log grew while the snapshot was pinned.
  if (facts.journalMode === "wal") tidyLog(database);
  return facts;
}

function readFacts(database: DatabaseSync, path: string): CopyFacts {
  try {
    const pages = readNumber(database, "PRAGMA page_count");
    if (pages === 0) throw new AppError("database.not_sqlite", { path, found: "0 pages" });
    const bytes = pages * readNumber(database, "PRAGMA page_size");
    return { pages, bytes, journalMode: readText(database, "PRAGMA journal_mode") };
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

/** About 8 MiB per step: often enough to show progress and to stop, seldom enough to cost nothing. */
function stepPages({ bytes, pages }: CopyFacts): number {
  return Math.max(128, Math.min(5000, Math.floor(8 * 1024 * 1024 / (bytes / pages))));
}

/** Makes the copy a file of its own, without a WAL, and proves it unless the caller will. */
function finishCopy(order: CopyOrder, facts: CopyFacts, bench: Workbench): void {
  const { source, destination, unchecked } = order;
  try {
    using database = openDatabase(destination, { write: true });
    bench.control.throwIfStopped();
    database.prepare("PRAGMA journal_mode = DELETE").get();
    const pages = readNumber(database, "PRAGMA page_count");
    const problems = pages !== facts.pages
      ? [`${pages} pages copied of ${facts.pages}`]
      : unchecked
      ? []
      : findProblems(database, { level: "quick", limited: false, maxProblems: 1 }).problems;
    const [found] = problems;
    if (found !== undefined) throw new AppError("database.damaged", { path: source, found });
  } catch (error) {
    throw blame(error, { ...order, bytes: facts.bytes });
  }
}
