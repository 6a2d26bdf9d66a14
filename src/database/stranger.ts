import { AppError, isAppError } from "../base/errors.ts";
import { type DatabaseContents, isDatabaseFile } from "./contents.ts";
import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";

/** A library's database is checked in seconds; one made to keep SQLite busy is given up on. */
const DEADLINE_MS = 20 * 60_000;

const LOCK_TIMEOUT_MS = 10_000;

/** Options of {@linkcode checkStranger}. */
export interface StrangerOptions {
  /** What to call the file in errors: a stranger's database lies in a scratch folder whose name says nothing. */
  readonly name: string;
  /** It was made here, and is as large as it is: only what has no end is refused. */
  readonly own?: boolean;
  /** How long it may take; default twenty minutes, and without end for what is our own. */
  readonly deadlineMs?: number | undefined;
  /** `false`: see {@linkcode readContents}. */
  readonly countRows?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads and fully checks a database that came from outside, trusting nothing in it.
 *
 * @param path Alone in a fresh folder, never the live database.
 * @throws {AppError} `database.damaged`, `database.not_sqlite`, `database.hostile`, `database.timeout`,
 * `database.unsupported`, all of which are {@linkcode isStrangersFault}; the signal's reason.
 */
export async function checkStranger(
  path: string,
  options: StrangerOptions,
): Promise<DatabaseContents> {
  const { name, own = false, countRows = true, signal } = options;
  const { deadlineMs = own ? undefined : DEADLINE_MS } = options;
  signal?.throwIfAborted();
  try {
    await checkDatabaseFile(path, { mayBeEmpty: true });
    const file = { path, stranger: true, limited: !own, lockTimeoutMs: LOCK_TIMEOUT_MS };
    // Checked before anything of it is read: the trees of a hostile file may have no end.
    const { result, contents } = await inWorker("examine", {
      check: { ...file, trusted: false, level: "full", foreignKeys: false, expectedPages: null },
      contents: { ...file, isChecked: true, countRows },
    }, { path, deadlineMs, signal });
    if (contents !== null) return contents;
    const code = await isDatabaseFile(path) ? "database.damaged" : "database.not_sqlite";
    throw new AppError(code, { found: result.problems.slice(0, 5).join("; ") });
  } catch (error) {
    if (!isStrangersFault(error)) throw error;
    throw new AppError(error.code, { ...error.details, path: name }, { cause: error });
  }
}

/** Tells whether an error is about what is in a stranger's database, not about this machine. */
export function isStrangersFault(error: unknown): error is AppError {
  return isAppError(
    error,
    "database.damaged",
    "database.hostile",
    "database.not_sqlite",
    "database.timeout",
    "database.unsupported",
  );
}
