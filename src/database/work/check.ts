import type { DatabaseSync } from "node:sqlite";
import { isAppError } from "../../base/errors.ts";
import { lowerPriority } from "../../base/low_priority.ts";
import { openDatabase, readNumber, waitForLock } from "./connection.ts";
import { pinSnapshot, quoteName } from "./connection.ts";
import { checkSchemaTree } from "./schema_tree.ts";
import { fromSqliteError } from "./sqlite_error.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to check a database. */
export interface CheckOrder {
  readonly path: string;
  readonly stranger: boolean;
  readonly trusted: boolean;
  readonly level: "quick" | "full";
  readonly foreignKeys: boolean;
  readonly expectedPages: number | null;
  readonly lockTimeoutMs: number;
}

/** What a check found. */
export interface CheckResult {
  /** SQLite finds nothing wrong and the number of pages is as expected. */
  readonly ok: boolean;
  /** What is wrong, in SQLite's words; at most a hundred lines. */
  readonly problems: string[];
  /** Rows whose foreign key points nowhere: the library's affair, not damage. At most a hundred. */
  readonly violations: string[];
}

const MAX_LINES = 100;

/** Does the work of `checkDatabase()`. */
export function check(order: CheckOrder, bench: Workbench): CheckResult {
  lowerPriority();
  try {
    return checkOpen(order, bench);
  } catch (error) {
    const known = fromSqliteError(error, order.path);
    if (!isAppError(known, "database.damaged", "database.not_sqlite")) throw known;
    return { ok: false, problems: [String(known.details["found"])], violations: [] };
  }
}

function checkOpen(order: CheckOrder, bench: Workbench): CheckResult {
  const { path, stranger, trusted, level, foreignKeys, expectedPages, lockTimeoutMs } = order;
  if (stranger) checkSchemaTree(path);
  using database = openDatabase(path, { stranger: true });
  waitForLock(path, bench.control, lockTimeoutMs, () => pinSnapshot(database));
  const pages = readNumber(database, "PRAGMA page_count");
  if (pages === 0) return { ok: false, problems: ["the file is empty: 0 pages"], violations: [] };
  if (expectedPages !== null && pages !== expectedPages) {
    return { ok: false, problems: [`${pages} pages, expected ${expectedPages}`], violations: [] };
  }
  bench.control.throwIfStopped();
  const problems = trusted
    ? listProblems(database, { level, maxProblems: MAX_LINES })
    : listAllProblems(database, level);
  bench.control.throwIfStopped();
  const violations = foreignKeys && problems.length === 0 ? listViolations(database) : [];
  return { ok: problems.length === 0, problems, violations };
}

/**
 * Stopping at the first problem keeps a check of a malicious file short: one page that is named as the child
 * of many would otherwise be walked over and over. SQLite looks at all trees before it compares indexes with tables,
 * so only when the trees are sound, and there is something to tell, is it asked for the rest.
 */
function listAllProblems(database: DatabaseSync, level: "quick" | "full"): string[] {
  const first = listProblems(database, { level, maxProblems: 1 });
  if (first.length === 0 || level === "quick") return first;
  const trees = listProblems(database, { level: "quick", maxProblems: 1 });
  if (trees.length > 0) return trees;
  return listProblems(database, { level: "full", maxProblems: MAX_LINES });
}

/**
 * Asks SQLite whether a database is sound.
 *
 * What leans on a collation, tokenizer or function that only its own application knows is passed over. `CHECK`
 * constraints are not evaluated.
 *
 * @param options `maxProblems`: SQLite stops after so many.
 * @returns Nothing when it is sound.
 * @see https://sqlite.org/pragma.html#pragma_integrity_check
 */
export function listProblems(
  database: DatabaseSync,
  options: { level: "quick" | "full"; maxProblems: number },
): string[] {
  // They are the library's own rules, and a stranger could write one that takes for ever.
  database.exec("PRAGMA ignore_check_constraints = ON");
  const pragma = options.level === "quick" ? "quick_check" : "integrity_check";
  try {
    return runCheck(database, `PRAGMA ${pragma}(${options.maxProblems})`);
  } catch (error) {
    if (!isUnknownExtension(error) && !isVague(error)) throw error;
    return checkTableByTable(database, pragma);
  }
}

function checkTableByTable(database: DatabaseSync, pragma: string): string[] {
  const tables = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0",
  ).all();
  return tables.flatMap(({ name }) => {
    try {
      return runCheck(database, `PRAGMA ${pragma}(${quoteName(String(name))})`);
    } catch (error) {
      if (isUnknownExtension(error)) return [];
      throw error;
    }
  });
}

function runCheck(database: DatabaseSync, sql: string): string[] {
  const lines: string[] = [];
  let isAnswered = false;
  for (const row of database.prepare(sql).iterate()) {
    isAnswered = true;
    // SQLite breaks one finding over several lines.
    const line = String(Object.values(row)[0]).replaceAll(/\s*\n\s*/g, " ");
    if (line !== "ok" && lines.length < MAX_LINES) lines.push(line);
  }
  // A sound database is answered with "ok". iterate() takes an error for the end; all() throws it.
  if (!isAnswered) database.prepare(sql).all();
  return lines;
}

function isUnknownExtension(error: unknown): boolean {
  return error instanceof Error &&
    /no such (?:collation sequence|tokenizer|function|module)|unknown tokenizer/.test(
      error.message,
    );
}

/** All that is said of a virtual table that cannot be opened for want of its tokenizer. Of an ordinary table it is damage. */
function isVague(error: unknown): boolean {
  return error instanceof Error && error.message.includes("SQL logic error");
}

function listViolations(database: DatabaseSync): string[] {
  try {
    const rows = database.prepare(`SELECT * FROM pragma_foreign_key_check LIMIT ${MAX_LINES}`)
      .all();
    return rows.map((row) => `${row["table"]} row ${row["rowid"]} has no ${row["parent"]}`);
  } catch (error) {
    // "foreign key mismatch": a key that SQLite itself would refuse to enforce.
    if (!(error instanceof Error) || !error.message.includes("foreign key mismatch")) throw error;
    return [error.message];
  }
}
