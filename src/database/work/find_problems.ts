import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checkPages } from "./check_pages.ts";
import { quoteName } from "./connection.ts";
import { type PassedOver, PassedOverList } from "./passed_over.ts";
import { isBeyondSqlite, wordsOf } from "./sqlite_error.ts";

/** How thoroughly a database is checked. */
export type CheckLevel = "quick" | "full";

/** What SQLite's check found. */
export interface Findings {
  /** What is wrong, in SQLite's words. */
  readonly problems: string[];
  readonly passedOver: PassedOver[];
}

/** Problems that are told at most. */
export const MAX_LINES = 100;

/**
 * Asks SQLite whether a database is sound.
 *
 * What leans on a collation, tokenizer, function or module that only its own application knows costs that table its
 * check, as far as SQLite needs it there, and nothing else: the others are then checked one by one. `CHECK` constraints
 * are not evaluated.
 *
 * @param options `maxProblems`: SQLite stops after so many. `limited`: the file is held to a stranger's limits.
 * @returns No problems when it is sound.
 * @see https://sqlite.org/pragma.html#pragma_integrity_check
 */
export function findProblems(
  database: DatabaseSync,
  options: { level: CheckLevel; maxProblems: number; limited: boolean },
): Findings {
  // They are the library's own rules, and a stranger could write one that takes for ever.
  database.exec("PRAGMA ignore_check_constraints = ON");
  const unknown = new PassedOverList(options);
  for (const name of listTables(database, "rootpage = 0")) {
    unknown.try(name, () => database.prepare("SELECT 1 FROM pragma_table_info(?)").get(name));
  }
  try {
    const problems = run(database.prepare(check(options.level, String(options.maxProblems))));
    const isWhole = options.level === "quick" || problems.length > 0 || !hasPageless(database);
    return {
      problems: isWhole ? problems : checkPages(database),
      passedOver: unknown.list(),
    };
  } catch (error) {
    if (!unknown.takes(error)) throw error;
    return {
      problems: checkOneByOne(database, options.level, unknown),
      passedOver: unknown.list(),
    };
  }
}

/**
 * Where a view or a virtual table happens to come first in SQLite's own list, its check leaves out the list of free pages
 * and those that belong to nothing: it takes their page 0 for the sign of a check in part.
 */
function hasPageless(database: DatabaseSync): boolean {
  const sql =
    "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND rootpage = 0 LIMIT 1";
  return database.prepare(sql).get() !== undefined;
}

function check(level: CheckLevel, argument: string): string {
  return `PRAGMA ${level === "quick" ? "quick_check" : "integrity_check"}(${argument})`;
}

function listTables(database: DatabaseSync, condition: string): string[] {
  return database.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND ${condition}`,
  ).all().map(({ name }) => String(name));
}

function checkOneByOne(
  database: DatabaseSync,
  level: CheckLevel,
  unknown: PassedOverList,
): string[] {
  // First: whatever else is read now has an end.
  const problems = checkPages(database);
  if (problems.length > 0) return problems;
  for (const name of listTables(database, "rootpage > 0")) {
    problems.push(...checkTable(database, name, level, unknown));
    if (problems.length >= MAX_LINES) return problems.slice(0, MAX_LINES);
  }
  for (const name of listTables(database, "rootpage = 0")) {
    const found = unknown.try(name, () => run(database.prepare(check(level, quoteName(name)))));
    problems.push(...found ?? []);
  }
  return problems.slice(0, MAX_LINES);
}

function checkTable(
  database: DatabaseSync,
  name: string,
  level: CheckLevel,
  unknown: PassedOverList,
): string[] {
  const whole = attempt(database, check(level, quoteName(name)), unknown);
  if ("lines" in whole) return whole.lines;
  const quick = level === "quick"
    ? whole
    : attempt(database, check("quick", quoteName(name)), unknown);
  if ("lines" in quick && whole.hadBegun) {
    // An index over an expression that fails for a row can never have taken it in: the two have parted.
    return quick.lines.length > 0 ? quick.lines : [wordsOf(whole.error)];
  }
  unknown.add(name, whole.error);
  return "lines" in quick ? quick.lines : readThrough(database, name);
}

type Attempt =
  | { readonly lines: string[] }
  | {
    readonly error: unknown;
    /** SQLite knew all it needed, and failed over what is in a row. */
    readonly hadBegun: boolean;
  };

function attempt(database: DatabaseSync, sql: string, unknown: PassedOverList): Attempt {
  let hadBegun = false;
  try {
    const statement = database.prepare(sql);
    hadBegun = true;
    return { lines: run(statement) };
  } catch (error) {
    if (!unknown.takes(error)) throw error;
    return { error, hadBegun: hadBegun && isBeyondSqlite(error) };
  }
}

/** What remains of a check where SQLite can make none: every row is read, as far as its last column. */
function readThrough(database: DatabaseSync, name: string): string[] {
  try {
    const last = database.prepare(
      "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 2 ORDER BY cid DESC LIMIT 1",
    ).get(name);
    const column = quoteName(String(last?.["name"]));
    database.prepare(`SELECT count(${column}) FROM ${quoteName(name)} NOT INDEXED`).get();
  } catch (error) {
    // Rows that lie in the order of a collation that nobody here knows.
    if (!isBeyondSqlite(error)) throw error;
  }
  return [];
}

function run(statement: StatementSync): string[] {
  const lines: string[] = [];
  let isAnswered = false;
  for (const row of statement.iterate()) {
    isAnswered = true;
    // SQLite breaks one finding over several lines.
    const line = String(Object.values(row)[0]).replaceAll(/\s*\n\s*/g, " ");
    if (line !== "ok" && lines.length < MAX_LINES) lines.push(line);
  }
  // A sound database is answered with "ok". iterate() takes an error for the end; all() throws it.
  if (!isAnswered) statement.all();
  return lines;
}
