import type { DatabaseSync } from "node:sqlite";
import { isSqliteError } from "./sqlite_error.ts";

/**
 * Moves what a WAL holds into the database, as far as nobody is in the way.
 *
 * Only tidies up: everything is safe and seen before. So it never fails the work, whatever is in its way: on a volume that
 * is mounted read-only here it is left to the library.
 */
export function tidyLog(database: DatabaseSync): void {
  try {
    // TRUNCATE would make the library's writers wait.
    database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  }
}
