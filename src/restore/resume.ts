import { databasePosition, liveSchemaVersion } from "./apply_database.ts";
import type { DatabaseStep, OpenJournal } from "./journal.ts";
import { keepDatabase } from "./roll_back.ts";

/**
 * Gets a restore that is stuck, or on its way back, ready to go forward again, because a person said so.
 *
 * When the live database is neither the old nor the new one, a copy of it goes to the kept folder, and what is there
 * now counts as the old one from here on.
 */
export async function prepareResume(journal: OpenJournal): Promise<void> {
  const { state, applied, returned, database } = journal.now;
  const clean = { stuck: false, tries: 0, lastError: null } as const;
  if (state !== "committed" && state !== "rolling_back") return await journal.update(clean);
  // On the way back some covers or config files may have been returned, though not all: they are put in place once more.
  const files = state === "rolling_back" ? [] : applied.filter((part) => part !== "database");
  const isNew = applied.includes("database") && !returned.includes("database") &&
    !(database?.back && await isBack(database));
  const step = database === null || isNew ? database : await startOver(journal, database);
  await journal.update({
    ...clean,
    state: "committed",
    applied: isNew ? ["database", ...files] : files,
    returned: [],
    database: step === null ? null : { ...step, back: null },
  });
}

/** The old content is live again, whether the journal came to say so or not. */
async function isBack(step: DatabaseStep): Promise<boolean> {
  if (step.back === null) return false;
  return await databasePosition({ live: step.live, isLiveDamaged: false, ...step.back }) ===
    "after";
}

async function startOver(journal: OpenJournal, step: DatabaseStep): Promise<DatabaseStep> {
  if (await databasePosition(step) !== "unknown") return step;
  const version = await liveSchemaVersion(step.live);
  if (version !== null && version > 0) await keepDatabase(journal.now, step.live);
  return { ...step, schemaVersion: version ?? 0, isLiveDamaged: version === null };
}
