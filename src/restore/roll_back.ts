import type { Part } from "../config/types.ts";
import { UnknownPosition } from "./apply_database.ts";
import { cleanUp, keepConfig, remember, type RestoreReport } from "./complete.ts";
import { returnConfig } from "./config_files.ts";
import { identityOf } from "./database_marks.ts";
import { shownName } from "./file_places.ts";
import type { RestoreHost } from "./host.ts";
import type { OpenJournal } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { isStillReturned, returnDatabase } from "./return_database.ts";
import { returnFiles } from "./return_files.ts";

/**
 * Takes a committed restore back: config, files, then the database. Repeatable; ends with nothing left of it.
 *
 * What the library wrote into the restored database is copied to the kept folder first.
 *
 * @throws {AppError} Of the step that failed; the journal stays `rolling_back`.
 */
export async function rollBack(
  journal: OpenJournal,
  host: RestoreHost,
  report: RestoreReport,
): Promise<void> {
  atMoment("rolling_back");
  const { config, files, database, id } = journal.now;
  const isReturned = (part: Part) => journal.now.returned.includes(part);
  if (config.length > 0 && !isReturned("config")) {
    await returnConfig(config, (...file) => keepConfig(journal.now, report, ...file));
    await markReturned(journal, "config");
  }
  for (const step of files.toReversed()) {
    if (isReturned(step.part)) continue;
    const kept = await returnFiles(step, id);
    report.kept.push(...kept.map((path) => shownName(step.part, path)));
    await markReturned(journal, step.part);
    atMoment(`${step.part}_returned`);
  }
  if (database !== null && !isReturned("database")) {
    await returnDatabase(journal, host, database, (notice) => report.warnings.push(notice));
    await markDatabaseReturned(journal);
  } else if (database !== null && !await isStillReturned(database)) {
    // The saved one may be the only one: nothing is cleared away.
    throw await UnknownPosition.at(database.live);
  }
  await remember(journal.now, host, "rolled_back");
  await journal.update({ state: "rolled_back" });
  atMoment("rolled_back");
  await cleanUp(journal, host);
}

async function markReturned(journal: OpenJournal, part: Part): Promise<void> {
  await journal.update({ returned: [...journal.now.returned, part] });
}

async function markDatabaseReturned(journal: OpenJournal): Promise<void> {
  const { database, returned } = journal.now;
  await journal.update({
    returned: [...returned, "database"],
    database: database === null ? null : { ...database, writtenTo: identityOf(database.live) },
  });
}
