import { AppError, isAppError } from "../base/errors.ts";
import { noticeOf } from "../base/messages/mod.ts";
import { databasePosition } from "./apply_database.ts";
import {
  applyParts,
  cleanUp,
  finishApplied,
  requireApplied,
  type RestoreReport,
} from "./complete.ts";
import { isEmptied, putDamagedBack } from "./damaged_database.ts";
import type { RestoreHost, RestoreProgress } from "./host.ts";
import { isBusy, isUnstoppable, type OpenJournal, type RestoreState } from "./journal.ts";
import { hadNone, hasWayBack } from "./return_database.ts";
import { rollBack } from "./roll_back.ts";

/** How a restore ended. */
export type RestoreOutcome = "done" | "abandoned" | "rolled_back";

/** The result of {@linkcode driveToEnd}. */
export interface DriveResult {
  readonly outcome: RestoreOutcome;
  readonly report: RestoreReport;
  /** Why it was abandoned or rolled back. */
  readonly cause: unknown;
}

/** Options of {@linkcode driveToEnd}. */
export interface DriveOptions {
  readonly progress: RestoreProgress;
  /**
   * Whether a restore that has not changed anything yet is given up at its first failure (the one who asked is
   * there to try again) or tried again (it was interrupted, and the promise is to complete it).
   */
  readonly giveUpUnchanged: boolean;
}

const TRIES = 3;
const RETRY_AFTER_MS = [100, 1000];

/**
 * Brings a restore from whatever state its journal is in to its end: completed, abandoned or rolled back.
 *
 * @returns When nothing of it is left.
 * @throws {AppError} When it cannot get on for now: the journal stays, says why, and the next call goes on. With
 * `journal.now.stuck`, only a person can decide.
 */
export async function driveToEnd(
  journal: OpenJournal,
  host: RestoreHost,
  options: DriveOptions,
): Promise<DriveResult> {
  const report: RestoreReport = { kept: [], warnings: [] };
  let cause: unknown = null;
  while (true) {
    try {
      const outcome = await step(journal, host, options, report);
      if (outcome !== null) return { outcome, report, cause };
    } catch (error) {
      const ended = ENDINGS[journal.now.state];
      if (ended !== undefined) return leaveForLater(host, { outcome: ended, report, cause }, error);
      cause = error;
      await decide(journal, host, options, error);
    }
  }
}

/** States in which only cleaning up is left: the next start does it, should it fail now. */
const ENDINGS: Partial<Record<RestoreState, RestoreOutcome>> = {
  planned: "abandoned",
  staged: "abandoned",
  saved: "abandoned",
  abandoned: "abandoned",
  done: "done",
  rolled_back: "rolled_back",
};

function leaveForLater(host: RestoreHost, result: DriveResult, error: unknown): DriveResult {
  host.log.warn("restore.cleanup_postponed", { outcome: result.outcome, error });
  return result;
}

/** One way forward from the present state; `null`: go on. */
async function step(
  journal: OpenJournal,
  host: RestoreHost,
  options: DriveOptions,
  report: RestoreReport,
): Promise<RestoreOutcome | null> {
  switch (journal.now.state) {
    case "planned":
    case "staged":
    case "saved":
    case "abandoned":
      await cleanUp(journal, host);
      return "abandoned";
    case "committed":
      await applyParts(journal, host, options.progress, report);
      return null;
    case "applied":
      options.progress.phase("clean_up");
      if (!options.giveUpUnchanged) await requireApplied(journal.now.database);
      await finishApplied(journal, host, report);
      return "done";
    case "done":
      await cleanUp(journal, host);
      return "done";
    case "abandoning":
      return await abandon(journal, host);
    case "rolling_back":
      options.progress.phase("roll_back");
      await rollBack(journal, host, report);
      return "rolled_back";
    case "rolled_back":
      await cleanUp(journal, host);
      return "rolled_back";
  }
}

/** An overwriting that was given up may have happened all the same before its process ended. */
async function abandon(journal: OpenJournal, host: RestoreHost): Promise<"abandoned" | null> {
  const { database } = journal.now;
  if (database !== null && await databasePosition(database) !== "before") {
    await journal.update({ state: "committed" });
    return null;
  }
  if (database?.isLiveOld === false) {
    await journal.update({ state: "rolling_back" });
    return null;
  }
  if (isEmptied(journal.now)) await putDamagedBack(journal.now);
  await cleanUp(journal, host);
  return "abandoned";
}

/** Decides after a failure: returns to go on, throws to leave it for later. */
async function decide(
  journal: OpenJournal,
  host: RestoreHost,
  options: DriveOptions,
  error: unknown,
): Promise<void> {
  const { state, tries } = journal.now;
  host.log.failure("restore.step_failed", { restore_id: journal.now.id, state, tries, error });
  if (isUnstoppable(error)) {
    // The way back is repeatable as it is; going forward from here would mix the old state with the new.
    const next = state === "rolling_back" ? state : "abandoning";
    await journal.update({ state: next, lastError: noticeOf(error) });
    host.endProcess();
    throw error;
  }
  const isUnchanged = state === "committed" &&
    await hasChangedNothing(journal, host, options, error);
  if (isUnchanged && options.giveUpUnchanged) {
    return await journal.update({ state: "abandoned", lastError: noticeOf(error) });
  }
  if (isAppError(error, "restore.undecided", "restore.no_way_back")) {
    return await stop(journal, error, true);
  }
  if (isBusy(error) || isAppError(error, "restore.volume_missing")) {
    return await stop(journal, error, false);
  }
  await record(journal, { tries: tries + 1, lastError: noticeOf(error) });
  if (state !== "committed") return await stop(journal, error, false);
  if (journal.now.tries >= TRIES) return await turnBack(journal, isUnchanged, error);
  await host.sleep(RETRY_AFTER_MS[journal.now.tries - 1] ?? 1000);
}

async function turnBack(journal: OpenJournal, isUnchanged: boolean, error: unknown): Promise<void> {
  const { database, applied } = journal.now;
  if (isUnchanged) return await journal.update({ state: "abandoned" });
  // Forward is as good as back, and the disk may have room again.
  if (isEmptied(journal.now)) return await stop(journal, error, false);
  const cannotReturn = database !== null && !database.wasAbsent &&
    (applied.includes("database") || !database.isLiveOld) &&
    (hadNone(database) || !hasWayBack(journal.now));
  if (cannotReturn) return await stop(journal, error, true);
  await journal.update({ state: "rolling_back", lastError: noticeOf(error) });
}

/** The database goes first, so as long as it is the old one nothing else was touched. */
async function hasChangedNothing(
  journal: OpenJournal,
  host: RestoreHost,
  options: DriveOptions,
  error: unknown,
): Promise<boolean> {
  const { database, applied, tries } = journal.now;
  if (database === null || applied.length > 0 || !database.isLiveOld) return false;
  if (isEmptied(journal.now)) return await isPutBack(journal, host);
  // The very first attempt was refused before it wrote; asking a locked database would only wait again.
  const isFirst = options.giveUpUnchanged && tries === 0;
  if (isFirst && isAppError(error, "database.busy", "restore.undecided")) return true;
  try {
    return await databasePosition(database) === "before";
  } catch (error) {
    // It cannot be asked now, so nothing may be taken for granted.
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function isPutBack(journal: OpenJournal, host: RestoreHost): Promise<boolean> {
  try {
    await putDamagedBack(journal.now);
    return true;
  } catch (error) {
    if (!isAppError(error)) throw error;
    host.log.failure("restore.damaged_not_put_back", { restore_id: journal.now.id, error });
    return false;
  }
}

async function stop(journal: OpenJournal, error: unknown, stuck: boolean): Promise<never> {
  await record(journal, { lastError: noticeOf(error), stuck });
  throw error;
}

/** A note for people; a disk too full to take it must not hide the error it is about. */
async function record(
  journal: OpenJournal,
  change: Parameters<OpenJournal["remember"]>[0],
): Promise<void> {
  try {
    await journal.update(change);
  } catch (error) {
    if (!isAppError(error)) throw error;
    journal.remember(change);
  }
}
