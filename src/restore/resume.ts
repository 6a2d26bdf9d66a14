import {
  type DatabasePosition,
  databasePosition,
  isStillLive,
  liveSchemaVersion,
} from "./apply_database.ts";
import type { DatabaseStep, OpenJournal } from "./journal.ts";
import { keepDatabase } from "./keep_database.ts";
import { isStillReturned, planDecidedReturn } from "./return_database.ts";

/**
 * Gets a restore that is stuck, or on its way back, ready to go forward again, because a person said so.
 *
 * When the live database is neither the old nor the new one, a copy of it, were it no database any more, goes to the kept
 * folder before it is overwritten; one that is gone is made. A rollback after that brings back what was saved before the
 * restore, not that copy.
 *
 * @throws {AppError} `database.*`, `storage.*` when that cannot be done: nothing has changed then.
 */
export async function prepareResume(journal: OpenJournal): Promise<void> {
  const { state, applied, returned, database } = journal.now;
  const clean = { stuck: false, tries: 0, lastError: null } as const;
  if (state === "abandoning") return await journal.update(clean);
  // On the way back some covers or config files may have been returned, though not all: they are put in place once more.
  const files = state === "rolling_back" ? [] : applied.filter((part) => part !== "database");
  const back = database === null ? "before" : await returnPosition(database);
  const isNew = database !== null && applied.includes("database") &&
    !returned.includes("database") && back === "before" && await isStillLive(database, database);
  if (state === "applied" && (database === null || isNew)) return await journal.update(clean);
  const isOld = database !== null &&
    (back === "after" || (returned.includes("database") && await isStillReturned(database)));
  const step = database === null || isNew ? database : await startOver(journal, database, isOld);
  await journal.update({
    ...clean,
    state: "committed",
    applied: isNew ? ["database", ...files] : files,
    returned: [],
    database: step === null ? null : { ...step, back: null },
  });
}

/**
 * Gets a way back that is stuck ready to go on, because a person said so: one that was planned for a database that is
 * not live any more is planned anew, which keeps a copy of what is. One that is gone is made.
 *
 * @throws {AppError} `restore.no_way_back`, other `database.*` and `storage.*`: nothing has changed then.
 */
export async function prepareRollBack(journal: OpenJournal): Promise<void> {
  const { database, returned } = journal.now;
  if (database !== null) {
    const isStale = await returnPosition(database) === "unknown";
    const isLost = returned.includes("database") && !await isStillReturned(database);
    await journal.update({
      database: isStale ? { ...database, back: null } : database,
      returned: isLost ? returned.filter((part) => part !== "database") : returned,
    });
  }
  if (!journal.now.returned.includes("database")) await planDecidedReturn(journal);
  await journal.update({ state: "rolling_back", stuck: false, tries: 0, lastError: null });
}

/** `after`: the old content is live again, whether the journal came to say so or not. */
function returnPosition({ live, back }: DatabaseStep): Promise<DatabasePosition> | "before" {
  return back === null ? "before" : databasePosition({ live, ...back });
}

/** @param isOld The old content was brought back, and what is live has come of it. */
async function startOver(
  journal: OpenJournal,
  step: DatabaseStep,
  isOld: boolean,
): Promise<DatabaseStep> {
  const isApplied = journal.now.applied.includes("database");
  if (await databasePosition(step) !== "unknown") {
    // Gone, as it was before the restore: but covers and config are not what they were.
    return isApplied && !isOld ? { ...step, isLiveOld: false } : step;
  }
  const version = await liveSchemaVersion(step.live);
  await keepDatabase(journal.now, step.live);
  return {
    ...step,
    schemaVersion: version ?? 0,
    isBegun: false,
    // Where nothing was written yet, it is what it was, whatever the library made of it. What is gone never is.
    isLiveOld: Boolean(version) &&
      (isOld || (step.isLiveOld && !step.isBegun && !isApplied)),
    isLiveDamaged: version === null,
  };
}
