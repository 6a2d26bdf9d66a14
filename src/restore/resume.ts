import { type DatabasePosition, databasePosition, liveSchemaVersion } from "./apply_database.ts";
import type { DatabaseStep, OpenJournal } from "./journal.ts";
import { keepDatabase } from "./roll_back.ts";

/**
 * Gets a restore that is stuck, or on its way back, ready to go forward again, because a person said so.
 *
 * When the live database is neither the old nor the new one, a copy of it goes to the kept folder before it is
 * overwritten; a rollback after that brings back what was saved before the restore, not that copy.
 */
export async function prepareResume(journal: OpenJournal): Promise<void> {
  const { state, applied, returned, database } = journal.now;
  const clean = { stuck: false, tries: 0, lastError: null } as const;
  if (state !== "committed" && state !== "rolling_back") return await journal.update(clean);
  // On the way back some covers or config files may have been returned, though not all: they are put in place once more.
  const files = state === "rolling_back" ? [] : applied.filter((part) => part !== "database");
  const back = database === null ? "before" : await returnPosition(database);
  const isNew = applied.includes("database") && !returned.includes("database") && back === "before";
  const isOld = returned.includes("database") || back === "after";
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
 * not live any more is planned anew, which keeps a copy of what is.
 */
export async function prepareRollBack(journal: OpenJournal): Promise<void> {
  const { database } = journal.now;
  const isStale = database !== null && await returnPosition(database) === "unknown";
  await journal.update({
    state: "rolling_back",
    stuck: false,
    tries: 0,
    lastError: null,
    ...isStale ? { database: { ...database, back: null } } : {},
  });
}

/** `after`: the old content is live again, whether the journal came to say so or not. */
function returnPosition({ live, back }: DatabaseStep): Promise<DatabasePosition> | "before" {
  return back === null ? "before" : databasePosition({ live, isLiveDamaged: false, ...back });
}

/** @param isOld The old content was brought back, and what is live has come of it. */
async function startOver(
  journal: OpenJournal,
  step: DatabaseStep,
  isOld: boolean,
): Promise<DatabaseStep> {
  if (await databasePosition(step) !== "unknown") return step;
  const version = await liveSchemaVersion(step.live);
  if (version !== null && version > 0) await keepDatabase(journal.now, step.live);
  return {
    ...step,
    schemaVersion: version ?? 0,
    isBegun: false,
    // Where nothing was written yet, it is what it was, whatever the library made of it.
    isLiveOld: isOld ||
      (step.isLiveOld && !step.isBegun && !journal.now.applied.includes("database")),
    isLiveDamaged: version === null,
  };
}
