import { AppError, type ErrorCode, isAppError } from "../../base/errors.ts";
import { fromOsError } from "../../storage/os_error.ts";
import { fromSqliteError } from "./sqlite_error.ts";

/** A database that is read and a new file that it is copied to. */
export interface CopiedFiles {
  readonly source: string;
  /** Ours: nobody else uses it, and after a failure it is gone. */
  readonly destination: string;
  /** Size of the copy when it is complete, as far as is known. */
  readonly bytes?: number;
}

/** What says nothing about the destination: it is what is read that is so. */
const OF_THE_SOURCE: readonly ErrorCode[] = [
  "database.busy",
  "database.damaged",
  "database.not_sqlite",
  "database.unsupported",
];

/** The destination is a file of the store, not somebody's database. */
const OF_THE_STORE: Partial<Record<ErrorCode, ErrorCode>> = {
  "database.permission": "storage.permission",
  "database.read_only": "storage.read_only",
};

/**
 * Says which of two files a copy failed over: SQLite tells only what it could not do. Whoever is told that the library's
 * database cannot be read looks for the fault in the wrong place when it is the backups' disk that is full.
 */
export function blame(error: unknown, files: CopiedFiles): unknown {
  const { source, destination, bytes = 0 } = files;
  const known = fromSqliteError(error, destination);
  if (!isAppError(known)) return known;
  if (OF_THE_SOURCE.includes(known.code)) {
    return new AppError(known.code, { ...known.details, path: source }, { cause: error });
  }
  if (known.code === "storage.failed") {
    return tryToWrite(destination, bytes) ?? fromSqliteError(error, source);
  }
  const code = OF_THE_STORE[known.code];
  return code === undefined ? known : new AppError(code, known.details, { cause: known });
}

/** One write more, at the end that the copy would have had, which the operating system itself answers. */
function tryToWrite(path: string, bytes: number): unknown {
  try {
    using file = Deno.openSync(path, { write: true });
    file.seekSync(bytes, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(65_536));
    file.syncSync();
    return null;
  } catch (error) {
    return fromOsError(error, path);
  }
}
