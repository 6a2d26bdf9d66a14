import { AppError, type ErrorCode, type ErrorDetails } from "../../base/errors.ts";
import { readFullVolume } from "../../storage/full_volume.ts";

/**
 * SQLite's sentences to our codes. Numbers would be better, but `exec()`, opening and `backup()` give none.
 *
 * @see https://sqlite.org/rescode.html
 */
const SENTENCES: readonly (readonly [string, ErrorCode])[] = [
  ["database is locked", "database.busy"],
  ["database table is locked", "database.busy"],
  ["database schema is locked", "database.busy"],
  ["locking protocol", "database.busy"],
  ["file is not a database", "database.not_sqlite"],
  ["unsupported file format", "database.not_sqlite"],
  ["disk image is malformed", "database.damaged"],
  ["malformed database schema", "database.damaged"],
  ["database or disk is full", "storage.full"],
  ["readonly database", "database.permission"],
  ["access permission denied", "database.permission"],
  ["Requires read access", "database.permission"],
  ["Requires write access", "database.permission"],
  ["unable to open database file", "database.permission"],
  ["disk I/O error", "storage.failed"],
  ["out of memory", "database.hostile"],
  ["string or blob too big", "database.hostile"],
];

const SHARED_BYTES = 32_768;

/**
 * Turns an error of `node:sqlite` into one of ours; every other value stays as it is.
 *
 * @param path The database that the failed call was about.
 */
export function fromSqliteError(error: unknown, path: string): unknown {
  const found = codeOf(error);
  if (found === null || !(error instanceof Error)) return error;
  const full = readFullVolume(path);
  // What SQLite says when its shared memory, 32 KiB at a time, cannot grow.
  const isFull = found === "storage.failed" && full !== null && full.free_bytes < SHARED_BYTES;
  const code = isFull ? "storage.full" : found;
  const details: Partial<Record<ErrorCode, ErrorDetails>> = {
    "database.busy": { path, waited_seconds: 0 },
    "database.hostile": { path, found: error.message, limit: "256 MiB" },
    "storage.full": { path, found: error.message, ...full },
  };
  return new AppError(code, details[code] ?? { path, found: error.message }, { cause: error });
}

/** Tells whether `error` is SQLite's and another connection's lock is the reason. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === "database.busy";
}

function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof AppError || !(error instanceof Error)) return null;
  const { message } = error;
  const found = SENTENCES.find(([sentence]) => message.includes(sentence));
  if (found !== undefined) return found[1];
  return "code" in error && error.code === "ERR_SQLITE_ERROR" ? "database.damaged" : null;
}
