import { AppError, type ErrorCode, type ErrorDetails } from "../../base/errors.ts";
import { findTrouble } from "../../storage/find_trouble.ts";
import { readFullVolume } from "../../storage/full_volume.ts";
import { codeOfOsError } from "../../storage/os_error.ts";

/** @see https://sqlite.org/rescode.html */
const RESULT = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  tooBig: 18,
  notADatabase: 26,
} as const;

/** Those that need no looking for a reason. What is neither here nor looked into is `database.unsupported`. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  [RESULT.permission]: "database.permission",
  [RESULT.busy]: "database.busy",
  [RESULT.locked]: "database.busy",
  [RESULT.protocol]: "database.busy",
  [RESULT.corrupt]: "database.damaged",
  [RESULT.notADatabase]: "database.not_sqlite",
};

/** What tells more than SQLite's sentence for the primary code does. */
const EXTENDED: Readonly<Record<number, string>> = {
  266: "SQLITE_IOERR_READ",
  522: "SQLITE_IOERR_SHORT_READ",
  778: "SQLITE_IOERR_WRITE",
  1034: "SQLITE_IOERR_FSYNC",
  1290: "SQLITE_IOERR_DIR_FSYNC",
  1546: "SQLITE_IOERR_TRUNCATE",
  3850: "SQLITE_IOERR_LOCK",
  4618: "SQLITE_IOERR_SHMOPEN",
  4874: "SQLITE_IOERR_SHMSIZE",
  5386: "SQLITE_IOERR_SHMMAP",
  8458: "SQLITE_IOERR_CORRUPTFS",
};

/** Somebody put another file in the place of the one that is open. */
const MOVED = 1032;

/** `exec()`, opening and `backup()` give no number, only the sentence. */
const SENTENCES: readonly (readonly [string, number])[] = [
  ["database is locked", RESULT.busy],
  ["database table is locked", RESULT.locked],
  ["database schema is locked", RESULT.locked],
  ["locking protocol", RESULT.protocol],
  ["file is not a database", RESULT.notADatabase],
  ["unsupported file format", RESULT.notADatabase],
  ["disk image is malformed", RESULT.corrupt],
  ["malformed database schema", RESULT.corrupt],
  ["database or disk is full", RESULT.full],
  ["readonly database", RESULT.readOnly],
  ["access permission denied", RESULT.permission],
  ["Requires read access", RESULT.permission],
  ["Requires write access", RESULT.permission],
  ["unable to open database file", RESULT.cantOpen],
  ["disk I/O error", RESULT.ioError],
  ["out of memory", RESULT.noMemory],
  ["string or blob too big", RESULT.tooBig],
];

const FOREIGN_SCHEMA =
  /^malformed database schema .* - (?:wrong number of arguments to function|non-deterministic)/;

/** SQLite's shared memory grows by so much at a time; on a full disk it says no more than "disk I/O error". */
const SHARED_BYTES = 32_768;

/**
 * Turns an error of `node:sqlite` into one of ours; every other value stays as it is.
 *
 * SQLite tells what it could not do, not why: the reason is looked for beside the file.
 *
 * @param path The database that the failed call was about.
 * @param options `limited`: the file is worked on within limits, and what exceeds them is its fault.
 */
export function fromSqliteError(
  error: unknown,
  path: string,
  options: { limited?: boolean } = {},
): unknown {
  const primary = primaryCode(error);
  if (primary === null || !(error instanceof Error)) return error;
  const { code, details } = explain(primary, error, path, options.limited ?? false);
  return new AppError(code, details, { cause: error });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

function explain(primary: number, error: Error, path: string, limited: boolean): Explanation {
  const found = wordsOf(error);
  switch (primary) {
    case RESULT.busy:
    case RESULT.locked:
    case RESULT.protocol:
      return { code: "database.busy", details: { path, waited_seconds: 0 } };
    case RESULT.full:
      return { code: "storage.full", details: { path, found, ...readFullVolume(path) } };
    case RESULT.ioError: {
      const full = readFullVolume(path);
      return full !== null && full.free_bytes < SHARED_BYTES
        ? { code: "storage.full", details: { path, found, ...full } }
        : { code: "storage.failed", details: { path, found } };
    }
    case RESULT.readOnly:
      if (numberOf(error) === MOVED) {
        return { code: "storage.failed", details: { path, found: "SQLITE_READONLY_DBMOVED" } };
      }
      return explainRefusal(path, found);
    case RESULT.cantOpen:
      return explainRefusal(path, found);
    case RESULT.noMemory:
    case RESULT.tooBig:
      return limited
        ? { code: "database.hostile", details: { path, found, limit: "256 MiB", too_large: true } }
        : { code: "database.unsupported", details: { path, found } };
    default:
      return { code: CODES[primary] ?? "database.unsupported", details: { path, found } };
  }
}

/** A file that could not be opened, or not for writing. */
function explainRefusal(path: string, found: string): Explanation {
  const trouble = findTrouble(path);
  if (trouble === "EROFS") return { code: "database.read_only", details: { path, found: trouble } };
  if (trouble === null || trouble === "EACCES" || trouble === "EPERM") {
    return { code: "database.permission", details: { path, found } };
  }
  const code = codeOfOsError(trouble);
  const full = code === "storage.full" ? readFullVolume(path) : null;
  return { code, details: { path, found: trouble, ...full } };
}

/** SQLite's words for an error, with the extended code where that says more. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const extended = EXTENDED[numberOf(error) ?? 0];
  return extended === undefined ? error.message : `${error.message} (${extended})`;
}

/** Tells whether `error` is SQLite's and another connection's lock is the reason. */
export function isBusy(error: unknown): boolean {
  return CODES[primaryCode(error) ?? 0] === "database.busy";
}

/**
 * Tells whether SQLite could not carry out a statement for what is in the schema or in a row, not for the file: a
 * collation, function, tokenizer or module that only the library's program has, or an expression that fails.
 */
export function isBeyondSqlite(error: unknown): boolean {
  return primaryCode(error) === RESULT.error;
}

/** Tells whether SQLite says that a file, or a schema, is malformed. */
export function isDamage(error: unknown): boolean {
  return primaryCode(error) === RESULT.corrupt;
}

/** Tells whether a value was larger than SQLite, or the limit for strangers that this process once set, takes. */
export function isTooLarge(error: unknown): boolean {
  const primary = primaryCode(error);
  return primary === RESULT.noMemory || primary === RESULT.tooBig;
}

/** Tells whether `error` comes from SQLite, whatever it says. */
export function isSqliteError(error: unknown): boolean {
  return primaryCode(error) !== null;
}

function primaryCode(error: unknown): number | null {
  if (error instanceof AppError || !(error instanceof Error)) return null;
  // SQLite calls a schema malformed, too, that uses a function in a way that only the library's program allows.
  if (FOREIGN_SCHEMA.test(error.message)) return RESULT.error;
  const number = numberOf(error);
  if (number !== null) return number & 0xff;
  const known = SENTENCES.find(([sentence]) => error.message.includes(sentence));
  if (known !== undefined) return known[1];
  return "code" in error && error.code === "ERR_SQLITE_ERROR" ? RESULT.error : null;
}

function numberOf(error: Error): number | null {
  return "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;
}
