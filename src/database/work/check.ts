import type { DatabaseSync } from "node:sqlite";
import { isAppError } from "../../base/errors.ts";
import { lowerPriority } from "../../base/low_priority.ts";
import { openDatabase, pinSnapshot, readNumber, waitForLock } from "./connection.ts";
import { type CheckLevel, type Findings, findProblems, MAX_LINES } from "./find_problems.ts";
import { mergePassedOver, type PassedOver, PassedOverList } from "./passed_over.ts";
import { checkSchemaTree } from "./schema_tree.ts";
import { fromSqliteError, wordsOf } from "./sqlite_error.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to check a database. */
export interface CheckOrder {
  readonly path: string;
  /** Did it come from outside? Then its schema is looked at before SQLite reads it. */
  readonly stranger: boolean;
  /** Is it held to the limits for what came from outside? */
  readonly limited: boolean;
  /** Our own copy of a live database, in which nobody hid a check without end. */
  readonly trusted: boolean;
  readonly level: CheckLevel;
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
  /** What could not be checked, or not wholly, for want of what only the library's program has. */
  readonly passedOver: PassedOver[];
}

/** Does the work of `checkDatabase()`. */
export function check(order: CheckOrder, bench: Workbench): CheckResult {
  lowerPriority();
  try {
    return checkOpen(order, bench);
  } catch (error) {
    const known = fromSqliteError(error, order.path, { limited: order.limited });
    if (!isAppError(known, "database.damaged", "database.not_sqlite")) throw known;
    return unsound(String(known.details["found"]));
  }
}

function checkOpen(order: CheckOrder, bench: Workbench): CheckResult {
  const { path, stranger, limited, trusted, level, expectedPages, lockTimeoutMs } = order;
  if (stranger) checkSchemaTree(path, { limited });
  using database = openDatabase(path, { wary: true, limited });
  waitForLock(path, bench.control, lockTimeoutMs, () => pinSnapshot(database));
  const pages = readNumber(database, "PRAGMA page_count");
  if (pages === 0) return unsound("the file is empty: 0 pages");
  if (expectedPages !== null && pages !== expectedPages) {
    return unsound(`${pages} pages, expected ${expectedPages}`);
  }
  bench.control.throwIfStopped();
  const { problems, passedOver } = trusted
    ? findProblems(database, { level, limited, maxProblems: MAX_LINES })
    : findAllProblems(database, { level, limited });
  bench.control.throwIfStopped();
  const unknown = new PassedOverList({ limited });
  const violations = order.foreignKeys && problems.length === 0
    ? listViolations(database, unknown)
    : [];
  return {
    ok: problems.length === 0,
    problems,
    violations,
    passedOver: mergePassedOver(passedOver, unknown.list()),
  };
}

function unsound(problem: string): CheckResult {
  return { ok: false, problems: [problem], violations: [], passedOver: [] };
}

/**
 * Stopping at the first problem keeps the check of a malicious file short, which otherwise may have no end. SQLite looks at all trees before it compares indexes with tables,
 * so only when the trees are sound, and there is something to tell, is it asked for the rest.
 */
function findAllProblems(
  database: DatabaseSync,
  options: { level: CheckLevel; limited: boolean },
): Findings {
  const first = findProblems(database, { ...options, maxProblems: 1 });
  if (first.problems.length === 0 || options.level === "quick") return first;
  const trees = findProblems(database, { ...options, level: "quick", maxProblems: 1 });
  if (trees.problems.length > 0) return trees;
  return findProblems(database, { ...options, maxProblems: MAX_LINES });
}

function listViolations(database: DatabaseSync, unknown: PassedOverList): string[] {
  const violations: string[] = [];
  const rows = database.prepare(
    // As text: a row's number may be more than a number here can be.
    `SELECT "table", CAST(rowid AS TEXT) AS row, parent FROM pragma_foreign_key_check(?)
      LIMIT ${MAX_LINES}`,
  );
  for (const { name } of database.prepare(TABLES_WITH_KEYS).all()) {
    const table = String(name);
    try {
      for (const row of rows.all(table)) {
        violations.push(`${row["table"]} row ${row["row"]} has no ${row["parent"]}`);
      }
    } catch (error) {
      if (!unknown.takes(error)) throw error;
      // "foreign key mismatch": a key that SQLite itself would refuse to enforce.
      if (wordsOf(error).includes("foreign key mismatch")) violations.push(wordsOf(error));
      else unknown.add(table, error);
    }
    if (violations.length >= MAX_LINES) break;
  }
  return violations.slice(0, MAX_LINES);
}

const TABLES_WITH_KEYS = `SELECT DISTINCT t.name FROM sqlite_schema AS t,
  pragma_foreign_key_list(t.name) WHERE t.type = 'table' AND t.rootpage > 0`;
