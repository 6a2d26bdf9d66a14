import { dirname, join } from "node:path";
import { openArchive } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Part } from "../config/types.ts";
import { readContents } from "../database/contents.ts";
import { copyDatabase } from "../database/copy.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import {
  applyDatabase,
  databasePosition,
  type DatabaseTarget,
  liveSchemaVersion,
} from "./apply_database.ts";
import { cleanUp, keepConfig, remember, type RestoreReport } from "./complete.ts";
import { returnConfig } from "./config_files.ts";
import type { RestoreHost } from "./host.ts";
import type { DatabaseStep, Journal, OpenJournal } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { returnFiles } from "./return_files.ts";
import { exists, freeName, keptPath, makeStaging, removeStaging } from "./staging.ts";
import { unpackEntry } from "./unpack.ts";

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
    report.kept.push(...await returnFiles(step, id));
    await markReturned(journal, step.part);
    atMoment(`${step.part}_returned`);
  }
  if (database !== null && !isReturned("database")) {
    await returnDatabase(journal, host, database, report);
    await markReturned(journal, "database");
  }
  await remember(journal.now, host, "rolled_back");
  await journal.update({ state: "rolled_back" });
  atMoment("rolled_back");
  await cleanUp(journal, host);
}

async function markReturned(journal: OpenJournal, part: Part): Promise<void> {
  await journal.update({ returned: [...journal.now.returned, part] });
}

async function returnDatabase(
  journal: OpenJournal,
  host: RestoreHost,
  step: DatabaseStep,
  report: RestoreReport,
): Promise<void> {
  if (step.back === null && step.isLiveOld && await databasePosition(step) === "before") return;
  if (step.isLiveDamaged || step.wasAbsent) {
    report.warnings.push({
      zh: "恢复前没有可用的数据库，已恢复的数据库保持不变",
      en: "There was no usable database before, so the restored one stays",
    });
    return;
  }
  const back = step.back === null
    ? await planReturn(journal, step, report)
    : await prepareReturn(journal, { ...step, back: step.back });
  const target: DatabaseTarget = { live: step.live, isLiveDamaged: false, ...back };
  const { lockTimeoutMs, stallTimeoutMs } = host;
  const onBegin = () => journal.update({ database: { ...step, back: { ...back, isBegun: true } } });
  await (await applyDatabase(target, { lockTimeoutMs, stallTimeoutMs, onBegin })).tidied;
  atMoment("database_returned");
}

async function planReturn(
  journal: OpenJournal,
  step: DatabaseStep,
  report: RestoreReport,
): Promise<NonNullable<DatabaseStep["back"]>> {
  const staged = step.old ?? await unpackSnapshot(journal.now);
  const schemaHash = await schemaHashOf(staged, step.live);
  const schemaVersion = await liveSchemaVersion(step.live) ?? 0;
  // As late as can be: a way back that cannot be planned is tried again and again, and would keep a copy each time.
  const kept = await keepDatabase(journal.now, step.live);
  atMoment("database_kept");
  report.warnings.push({
    zh: `回滚前的数据库保存在 ${kept}`,
    en: `The database as it was before the rollback is kept as ${kept}`,
  });
  const back = { staged, schemaHash, schemaVersion, isBegun: false, kept };
  await journal.update({ database: { ...step, back } });
  atMoment("database_return_planned");
  return back;
}

/** The library may have written since the way back was planned: what is overwritten then is kept, not what was live before. */
async function prepareReturn(
  journal: OpenJournal,
  step: DatabaseStep & { readonly back: NonNullable<DatabaseStep["back"]> },
): Promise<NonNullable<DatabaseStep["back"]>> {
  const { live, back } = step;
  const target = { live, isLiveDamaged: false, ...back };
  if (await databasePosition(target) !== "before") return back;
  await keepDatabase(journal.now, live, back.kept);
  if (!back.isBegun) return back;
  const fresh = { ...back, isBegun: false };
  await journal.update({ database: { ...step, back: fresh } });
  return fresh;
}

/** @throws {AppError} `restore.undecided` when the old content is too damaged for that: a person has to decide. */
async function schemaHashOf(staged: string, live: string): Promise<string> {
  try {
    return (await readContents(staged, { countRows: false })).schemaHash;
  } catch (error) {
    if (!isAppError(error, "database.damaged", "database.not_sqlite", "database.unsupported")) {
      throw error;
    }
    throw new AppError("restore.undecided", { path: live }, { cause: error });
  }
}

/**
 * Copies the live database to the kept folder before it is overwritten: `library.db`, or `library-2.db` and so on.
 *
 * What an earlier call kept stays, for it may be the only copy of rows that were overwritten since.
 *
 * @param instead Path of an earlier copy after which nothing was overwritten: this one takes its place.
 * @returns Path of the copy.
 */
export async function keepDatabase(
  journal: Journal,
  live: string,
  instead: string | null = null,
): Promise<string> {
  const folder = keptPath(dirname(journal.staging), journal.id);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  // Killed while it copies, a call leaves half a database: in a folder that goes, and it is kept when it is whole.
  const copying = join(journal.staging, "kept");
  await removeStaging(copying);
  await makeStaging(copying);
  await copyDatabase(live, join(copying, "library.db"));
  const kept = instead ?? freeName(folder, "library.db");
  await Deno.rename(join(copying, "library.db"), kept);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  return kept;
}

async function unpackSnapshot(journal: Journal): Promise<string> {
  if (journal.snapshot === null || journal.snapshot.raw) {
    throw new AppError("restore.undecided", { path: journal.database?.live ?? "" });
  }
  const path = join(journal.staging, "back", "library.db");
  if (exists(path)) await removeStaging(dirname(path));
  await using archive = await openArchive(journal.snapshot.archive);
  const entry = await archive.find("database/library.db");
  if (entry === null) throw new AppError("archive.missing_entry", { path: "database/library.db" });
  await unpackEntry(archive, entry, {
    path,
    signal: new AbortController().signal,
    onBytes: () => {},
  });
  await syncFolder(dirname(path));
  return path;
}
