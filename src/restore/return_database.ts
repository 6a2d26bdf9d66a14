import { dirname, join } from "node:path";
import { openArchive } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { readContents } from "../database/contents.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import {
  applyDatabase,
  databasePosition,
  type DatabaseTarget,
  isGone,
  isStillLive,
  liveSchemaVersion,
  UnknownPosition,
} from "./apply_database.ts";
import { isEmptied, putDamagedBack } from "./damaged_database.ts";
import { isAsMarked, markContent } from "./database_marks.ts";
import type { RestoreHost } from "./host.ts";
import type { DatabaseStep, Journal, OpenJournal } from "./journal.ts";
import { keepDatabase } from "./keep_database.ts";
import { atMoment } from "./moments.ts";
import { exists, removeStaging } from "./staging.ts";
import { unpackEntry } from "./unpack.ts";

type Return = NonNullable<DatabaseStep["back"]>;

/**
 * Brings the old database back, after a copy of what is live now was kept. Repeatable.
 *
 * @param onWarning Hears what is worth telling.
 * @throws {AppError} `restore.undecided` when the live one is gone, or is no database: nobody has said then that it may be
 * replaced; `restore.no_way_back`; other `database.*`, `storage.*`.
 */
export async function returnDatabase(
  journal: OpenJournal,
  host: RestoreHost,
  step: DatabaseStep,
  onWarning: (notice: Notice) => void,
): Promise<void> {
  if (isEmptied(journal.now)) return await putDamagedBack(journal.now);
  if (step.back === null && await isNotWritten(step)) return;
  if (hadNone(step)) {
    onWarning({
      zh: "恢复前没有可用的数据库，已恢复的数据库保持不变",
      en: "There was no usable database before, so the restored one stays",
    });
    return;
  }
  const back = step.back === null
    ? await planReturn(journal, step)
    : await prepareReturn(journal, { ...step, back: step.back });
  if (back.kept !== null) {
    onWarning({
      zh: `回滚前的数据库保存在 ${back.kept}`,
      en: `The database as it was before the rollback is kept as ${back.kept}`,
    });
  }
  const target: DatabaseTarget = { live: step.live, ...back };
  const { lockTimeoutMs, stallTimeoutMs } = host;
  const onBegin = () => journal.update({ database: { ...step, back: { ...back, isBegun: true } } });
  await (await applyDatabase(target, { lockTimeoutMs, stallTimeoutMs, onBegin })).tidied;
  atMoment("database_returned");
}

/**
 * Plans the way back although the live database is gone or none any more, because a person said so; where it is one,
 * {@linkcode returnDatabase} plans it.
 *
 * @throws {AppError} `restore.no_way_back`: nothing has changed then. Other `database.*`, `storage.*`.
 */
export async function planDecidedReturn(journal: OpenJournal): Promise<void> {
  const { database, applied } = journal.now;
  if (database === null || hadNone(database) || database.back !== null) return;
  const isMissing = await isGone(database.live);
  const isToReturn = isMissing ? !await isNotWritten(database) : applied.includes("database");
  if (!isToReturn) return;
  if (!hasWayBack(journal.now)) throw new AppError("restore.no_way_back", { path: database.live });
  if (isMissing) await planReturn(journal, database, { isDecided: true });
}

/** Tells whether a database that was brought back is still there; where there was none to bring back, whether none is. */
export async function isStillReturned(step: DatabaseStep): Promise<boolean> {
  return hadNone(step) || await isStillLive(step, { ...step, ...step.back });
}

/** Tells whether there was no database before the restore that could be brought back. */
export function hadNone({ wasAbsent, wasDamaged }: DatabaseStep): boolean {
  return wasAbsent || wasDamaged;
}

/** Tells whether the old content was saved. */
export function hasWayBack({ database, snapshot }: Journal): boolean {
  return (database !== null && database.old !== null) || (snapshot !== null && !snapshot.raw);
}

async function isNotWritten(step: DatabaseStep): Promise<boolean> {
  return step.isLiveOld && await databasePosition(step) === "before";
}

async function planReturn(
  journal: OpenJournal,
  step: DatabaseStep,
  { isDecided = false }: { isDecided?: boolean } = {},
): Promise<Return> {
  // Before anything is unpacked or copied: what waits for a person is looked at again and again.
  if (!isDecided && await isGone(step.live)) throw await UnknownPosition.at(step.live);
  const version = await liveSchemaVersion(step.live);
  const staged = step.old ?? await unpackSnapshot(journal.now);
  const back = {
    staged,
    schemaHash: await schemaHashOf(staged, step.live),
    schemaVersion: version ?? 0,
    isBegun: false,
    isLiveDamaged: version === null,
    keptMark: await markContent(step.live),
    kept: await keepDatabase(journal.now, step.live),
  };
  atMoment("database_kept");
  await journal.update({ database: { ...step, back } });
  atMoment("database_return_planned");
  return back;
}

/** The library may have written since the way back was planned: what is overwritten then is kept, not what was live before. */
async function prepareReturn(
  journal: OpenJournal,
  step: DatabaseStep & { readonly back: Return },
): Promise<Return> {
  const { live, back } = step;
  if (await databasePosition({ live, ...back }) !== "before") return back;
  const isKept = back.kept === null || (exists(back.kept) && isAsMarked(live, back.keptMark));
  if (isKept && !back.isBegun) return back;
  const keptMark = isKept ? back.keptMark : await markContent(live);
  const kept = isKept ? back.kept : await keepDatabase(journal.now, live, back.kept);
  const fresh = { ...back, kept, keptMark, isBegun: false };
  await journal.update({ database: { ...step, back: fresh } });
  return fresh;
}

/** @throws {AppError} `restore.no_way_back` when the old content is too damaged for that. */
async function schemaHashOf(staged: string, live: string): Promise<string> {
  try {
    return (await readContents(staged, { countRows: false })).schemaHash;
  } catch (error) {
    if (!isAppError(error, "database.damaged", "database.not_sqlite", "database.unsupported")) {
      throw error;
    }
    throw new AppError("restore.no_way_back", { path: live }, { cause: error });
  }
}

async function unpackSnapshot(journal: Journal): Promise<string> {
  if (journal.snapshot === null || journal.snapshot.raw) {
    throw new AppError("restore.no_way_back", { path: journal.database?.live ?? "" });
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
