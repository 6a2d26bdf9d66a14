import { DatabaseSync } from "node:sqlite";
import { checkDatabaseFile } from "./database_file.ts";
import { fromSqliteError, isBusy } from "./work/sqlite_error.ts";

/** Tells whether other connections wrote to a database; see {@linkcode watchDatabase}. */
export interface DatabaseWatch extends AsyncDisposable {
  /** Has another connection committed since the watch began? Never blocks: a database in mid-commit counts. */
  changed(): Promise<boolean>;
  /** `PRAGMA schema_version` as it is now; `null` when a database in mid-commit does not tell. Never blocks. */
  schemaVersion(): number | null;
}

/**
 * Holds a connection that notices every commit of any other, in this process or another.
 *
 * While it is held, a WAL database cannot change its page size: dispose of it before overwriting.
 *
 * @throws {AppError} `database.missing`, `database.not_sqlite`, `database.damaged`, `database.permission`,
 * `database.busy` when a writer is in mid-commit.
 * @see https://sqlite.org/pragma.html#pragma_data_version
 */
export async function watchDatabase(path: string): Promise<DatabaseWatch> {
  await checkDatabaseFile(path);
  try {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec("PRAGMA query_only = ON");
      return new HeldWatch(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw fromSqliteError(error, path);
  }
}

class HeldWatch implements DatabaseWatch {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #initial: number;
  #closed = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#initial = readVersion(database);
  }

  changed(): Promise<boolean> {
    try {
      return Promise.resolve(readVersion(this.#database) !== this.#initial);
    } catch (error) {
      if (isBusy(error)) return Promise.resolve(true);
      return Promise.reject(fromSqliteError(error, this.#path));
    }
  }

  schemaVersion(): number | null {
    try {
      return Number(this.#database.prepare("PRAGMA schema_version").get()?.["schema_version"]);
    } catch (error) {
      if (isBusy(error)) return null;
      throw fromSqliteError(error, this.#path);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
    return Promise.resolve();
  }
}

function readVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA data_version").get()?.["data_version"]);
}
