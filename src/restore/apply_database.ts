import { AppError, isAppError } from "../base/errors.ts";
import { readContents, readSchemaVersion } from "../database/contents.ts";
import {
  overwriteDamagedDatabase,
  overwriteDatabase,
  type OverwriteOptions,
} from "../database/overwrite.ts";
import { identityOf } from "./database_marks.ts";
import { type DatabaseStep, isBusy } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { exists } from "./staging.ts";

/** Whether the live database holds the staged content. */
export type DatabasePosition = "before" | "after" | "unknown";

/** One overwriting of the live database, there or back. */
export type DatabaseTarget = Pick<
  DatabaseStep,
  "live" | "staged" | "schemaHash" | "schemaVersion" | "isBegun" | "isLiveDamaged"
>;

/** Options of {@linkcode applyDatabase}. */
export interface ApplyDatabaseOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for another program's lock. */
  readonly lockTimeoutMs?: number | undefined;
  /** Called while nobody else can write and nothing is written yet; to put down durably that it was begun. */
  readonly onBegin: () => Promise<void>;
  /** How long the first step may take once the lock was held. */
  readonly stallTimeoutMs?: number | undefined;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Finds out whether the staged content has been committed to the live database.
 *
 * A blind repeat would erase every row that the library wrote since. SQLite sets the destination's
 * `schema_version` to N+1 in the same transaction as the content, and row writes leave it alone: N means that
 * it did not happen, N+1 with the staged schema that it did, once it was begun, and anything else that somebody else
 * changed the schema meanwhile. `VACUUM` and the first `ANALYZE` add one to the version, too, and change no table.
 *
 * @throws {AppError} `database.busy`, `database.permission`
 * @see https://sqlite.org/pragma.html#pragma_schema_version
 */
export async function databasePosition(target: DatabaseTarget): Promise<DatabasePosition> {
  const version = await liveSchemaVersion(target.live);
  if (version === null) return target.isLiveDamaged ? "before" : "unknown";
  if (version === target.schemaVersion) return "before";
  if (!target.isBegun || version !== target.schemaVersion + 1) return "unknown";
  const { schemaHash } = await readContents(target.live);
  return schemaHash === target.schemaHash ? "after" : "unknown";
}

/**
 * Finds out whether an overwriting that was begun came to nothing, while nobody can be at it: then whatever happens to
 * the live file before the next attempt is not its doing.
 *
 * @throws {AppError} As {@linkcode databasePosition}.
 */
export async function wasInVain(target: DatabaseTarget): Promise<boolean> {
  return target.isBegun && await databasePosition(target) === "before";
}

/**
 * Tells whether the content that was written last, there or back, is still live, or what the library has made of it
 * since: while a restore is not over, the database may be gone.
 *
 * @throws {AppError} As {@linkcode databasePosition}, but for `database.busy`: what is in use is there.
 */
export async function isStillLive(step: DatabaseStep, target: DatabaseTarget): Promise<boolean> {
  if (await isGone(step.live)) return false;
  try {
    // Another file in its place may be an empty database that the library made when it found none.
    return step.writtenTo === null || step.writtenTo === identityOf(step.live) ||
      await databasePosition(target) === "after";
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  }
}

/** Tells whether there is no database, only an empty one, or a file that is none any more; one that is in use is there. */
export async function isGone(live: string): Promise<boolean> {
  try {
    return !await liveSchemaVersion(live);
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/**
 * Reads `PRAGMA schema_version` of the live database.
 *
 * @returns 0 when there is none, or an empty one; `null` when the file is no database.
 */
export async function liveSchemaVersion(live: string): Promise<number | null> {
  if (!exists(live)) return 0;
  try {
    return await readSchemaVersion(live);
  } catch (error) {
    if (isAppError(error, "database.not_sqlite", "database.damaged", "database.unsupported")) {
      return null;
    }
    throw error;
  }
}

/** A live database that holds the new content. */
export interface Applied {
  /** Settles when SQLite has put its log in order, too: nothing here has the database open any more. */
  readonly tidied: Promise<void>;
}

/**
 * Writes the staged content into the live database, once: as one transaction through SQLite, so that programs
 * that have it open go on with the new content.
 *
 * When it had been done before, nothing is written now.
 *
 * @returns As soon as the content is committed and safe; see {@linkcode Applied}.
 * @throws {AppError} `database.busy` and `database.page_size` (nothing was written), `restore.failed` when the
 * schema is neither what it was nor what it would be, other `database.*`.
 */
export async function applyDatabase(
  target: DatabaseTarget,
  options: ApplyDatabaseOptions,
): Promise<Applied> {
  if (!exists(target.staged)) {
    throw new AppError("storage.missing", { path: target.staged });
  }
  const committed = Promise.withResolvers<boolean>();
  const writing = overwriteOnce(target, options.onBegin, {
    ...options,
    onLocked: async () => {
      await options.onBegin();
      atMoment("database_locked");
    },
    onCommitted: () => committed.resolve(true),
  });
  const tidied = writing.then(() => {});
  tidied.catch(() => {}); // Told here when nothing was committed, else to whoever awaits it.
  if (await Promise.race([committed.promise, writing])) {
    atMoment("database_written");
  } else if (await databasePosition(target) !== "after") {
    throw await UnknownPosition.at(target.live);
  }
  return { tidied };
}

/** @returns `false` when the live database is not what it was before: nothing was written. */
async function overwriteOnce(
  target: DatabaseTarget,
  onBegin: () => Promise<void>,
  options: OverwriteOptions,
): Promise<boolean> {
  const { staged, live, schemaVersion, isLiveDamaged } = target;
  if (isLiveDamaged && await databasePosition(target) !== "before") return false;
  if (isLiveDamaged && await liveSchemaVersion(live) === null) {
    // What is no database has no lock: emptying the file is the beginning.
    await onBegin();
    await overwriteDamagedDatabase(staged, live, options);
    return true;
  }
  try {
    return await overwriteDatabase(staged, live, { ...options, ifSchemaVersion: schemaVersion });
  } catch (error) {
    if (isAppError(error, "database.not_sqlite") && await liveSchemaVersion(live) === null) {
      return false;
    }
    throw error;
  }
}

/** The live database is neither the old nor the new one: a person has to decide. */
export class UnknownPosition extends AppError {
  /**
   * @param live Path of the live database.
   * @param found What there is instead; another database when absent.
   */
  constructor(live: string, found: "missing" | "damaged" | null = null) {
    super("restore.undecided", { path: live, ...found === null ? {} : { found } });
  }

  /** Looks what there is. */
  static async at(live: string): Promise<UnknownPosition> {
    const version = await liveSchemaVersion(live);
    return new UnknownPosition(
      live,
      version === null ? "damaged" : version === 0 ? "missing" : null,
    );
  }
}
