import { AppError, isAppError } from "../base/errors.ts";
import { asAppError } from "../base/os_error.ts";
import type { RestoreReport } from "./complete.ts";
import { type DriveResult, driveToEnd } from "./drive.ts";
import type { RestoreHost, RestoreProgress } from "./host.ts";
import type { Journal, OpenJournal } from "./journal.ts";
import { findRaw } from "./keep_database.ts";

/**
 * Brings the restore of a job to its end, and turns every end but the good one into the error to answer with.
 *
 * @param failure What stopped it before it was committed; `null` when it is committed.
 * @throws {AppError} `restore.failed` with `reason`, `snapshot_id` and `outcome` (`nothing_changed`, `rolled_back`,
 * `pending`, `stuck`). Before there is a snapshot, `failure` itself; `database.page_size` always as itself, for
 * nothing failed: the library must be stopped first.
 */
export async function completeOrThrow(
  journal: OpenJournal,
  host: RestoreHost,
  progress: RestoreProgress,
  failure: unknown,
): Promise<never>;
/** The same for a committed restore. */
export async function completeOrThrow(
  journal: OpenJournal,
  host: RestoreHost,
  progress: RestoreProgress,
  failure: null,
): Promise<RestoreReport>;
export async function completeOrThrow(
  journal: OpenJournal,
  host: RestoreHost,
  progress: RestoreProgress,
  failure: unknown,
): Promise<RestoreReport> {
  let result: DriveResult;
  try {
    result = await driveToEnd(journal, host, { progress, giveUpUnchanged: true });
  } catch (error) {
    if (isAppError(error, "restore.failed") || error === failure) throw error;
    const left = journal.now.stuck ? "stuck" : host.isTriedAgain() ? "pending" : "pending_start";
    throw failed(journal.now, error, left, null);
  }
  const { outcome, report, cause } = result;
  if (outcome === "done") return report;
  const left = outcome === "rolled_back" ? "rolled_back" : "nothing_changed";
  throw failed(journal.now, failure ?? cause, left, report);
}

function failed(
  journal: Journal,
  cause: unknown,
  left: "nothing_changed" | "rolled_back" | "pending" | "pending_start" | "stuck",
  report: RestoreReport | null,
): unknown {
  const unchanged = left === "nothing_changed";
  const waitsForStart = left === "pending_start";
  const raw = findRaw(journal);
  if (
    unchanged && raw === null &&
    (journal.snapshot === null || isAppError(cause, "job.cancelled", "database.page_size"))
  ) return cause;
  const reason = asAppError(cause);
  return new AppError("restore.failed", {
    reason,
    reason_code: reason.code,
    outcome: waitsForStart ? "pending" : left,
    ...waitsForStart ? { waits_for_start: true } : {},
    ...journal.snapshot === null ? {} : { snapshot_id: journal.snapshot.backupId },
    ...raw === null ? {} : { raw_copy: raw },
    ...report !== null && report.kept.length > 0 ? { kept: report.kept.slice(0, 100) } : {},
  }, { cause });
}
