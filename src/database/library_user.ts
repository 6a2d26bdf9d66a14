import { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../base/errors.ts";
import { checkDatabaseFile } from "./database_file.ts";
import { fromSqliteError, isBeyondSqlite, isBusy } from "./work/sqlite_error.ts";

/** A library's writers hold their lock for milliseconds; a large import for longer, and then it is "not now". */
const ATTEMPTS = 20;
const ATTEMPT_GAP_MS = 50;

/**
 * Looks a user up in the library's `users` table, by name alone, as the library itself does.
 *
 * Not by id: a reader called "1" who is deleted would leave a token that is good for the user whose id is 1.
 *
 * Short, read-only and never blocking: a locked database is asked again for a second.
 *
 * @param path The library's database.
 * @param subject The user name in a token.
 * @returns `null` when there is no such user, or no `users` table with `username` and `is_admin`.
 * @throws {AppError} `auth.library_unavailable` when the database cannot be read.
 */
export async function readLibraryUser(
  path: string,
  subject: string,
): Promise<{ isAdmin: boolean } | null> {
  try {
    await checkDatabaseFile(path);
    for (let attempt = 1;; attempt += 1) {
      try {
        return findUser(path, subject);
      } catch (error) {
        if (!isBusy(error) || attempt === ATTEMPTS) throw fromSqliteError(error, path);
      }
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_GAP_MS));
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new AppError("auth.library_unavailable", {}, { cause: error });
  }
}

function findUser(path: string, subject: string): { isAdmin: boolean } | null {
  using database = new DatabaseSync(path, { timeout: 0 });
  database.exec("PRAGMA query_only = ON");
  database.exec("PRAGMA trusted_schema = OFF");
  // In the main table only: a view could run anything.
  const columns = database.prepare(
    `SELECT c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
      WHERE t.type = 'table' AND t.name = 'users' AND t.rootpage > 0`,
  ).all().map((row) => String(row["name"]));
  if (!columns.includes("is_admin")) return null;
  if (!columns.includes("username")) return null;
  const row = findRow(database, subject);
  return row === undefined ? null : { isAdmin: Number(row["is_admin"]) === 1 };
}

/** A collation that only the library knows is no reason to let nobody in: then the name is compared by bytes. */
function findRow(database: DatabaseSync, name: string): Record<string, unknown> | undefined {
  const select = (table: string, value: string) =>
    database.prepare(`SELECT is_admin FROM ${table} WHERE username = ${value} LIMIT 1`).get(name);
  try {
    return select("users", "?");
  } catch (error) {
    if (!isBeyondSqlite(error)) throw error;
    return select("users NOT INDEXED", "? COLLATE BINARY");
  }
}
