import { type AppError, isAppError } from "../base/errors.ts";
import { readSchemaVersion } from "./contents.ts";
import { checkDatabaseFile } from "./database_file.ts";

/** What a configured database turns out to be. */
export type DatabaseState =
  | "ok"
  | "missing"
  | "folder"
  | "empty"
  | "not_sqlite"
  | "damaged"
  | "unreadable";

/** The answer of {@linkcode DatabaseSurvey.look}. */
export interface SurveyedDatabase {
  readonly state: DatabaseState;
  /** Why it is not `ok`. */
  readonly error: AppError | null;
}

/** Longer than SQLite takes for any schema; a mount that does not answer is not waited for. */
const DEADLINE_MS = 3_000;

/**
 * Tells, as often as it is asked, whether a database is there and is one: what a wrong mount or path breaks first.
 *
 * SQLite is asked again only when the file has changed. One that is locked or busy is there.
 */
export class DatabaseSurvey {
  readonly #path: string;
  #last: { readonly mark: string; readonly found: SurveyedDatabase } | null = null;

  /** @param path As configured; need not exist. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Looks. Never throws over what is found. */
  async look(): Promise<SurveyedDatabase> {
    try {
      const info = await checkDatabaseFile(this.#path, { mayBeEmpty: true });
      const mark = [info.dev, info.ino, info.size, info.mtime?.getTime()].join();
      if (this.#last?.mark !== mark) this.#last = { mark, found: await this.#ask() };
      return this.#last.found;
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#last = null;
      return { state: stateOf(error), error };
    }
  }

  async #ask(): Promise<SurveyedDatabase> {
    try {
      // Of an empty file this says why it is none.
      await checkDatabaseFile(this.#path);
      await readSchemaVersion(this.#path, { lockTimeoutMs: 0, deadlineMs: DEADLINE_MS });
      return { state: "ok", error: null };
    } catch (error) {
      if (isAppError(error, "database.busy", "database.timeout")) return OK;
      if (isAppError(error, ...FINDINGS)) return { state: stateOf(error), error };
      throw error;
    }
  }
}

const OK: SurveyedDatabase = { state: "ok", error: null };

/** What stays as it is until the file changes. */
const FINDINGS = ["database.not_sqlite", "database.damaged"] as const;

function stateOf({ code, details }: AppError): DatabaseState {
  switch (code) {
    case "database.missing":
      return "missing";
    case "database.folder":
      return "folder";
    case "database.damaged":
      return "damaged";
    case "database.not_sqlite":
      return details["bytes"] === 0 ? "empty" : "not_sqlite";
    default:
      return "unreadable";
  }
}
