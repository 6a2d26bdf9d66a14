import type { VerifyReport } from "../archive/verify.ts";
import { areOnlyChanges, explainProblems } from "../archive/verify_problem.ts";
import { AppError } from "../base/errors.ts";

/** Options of {@linkcode checkReport}. */
export interface CheckReportOptions {
  /** Lets an archive pass that is whole, though not what it was when the backup was made. */
  readonly acceptChanged?: boolean;
}

/**
 * Lets a sound archive pass.
 *
 * @throws {AppError} `restore.invalid_backup` with the worst problem and every damaged path.
 */
export function checkReport(report: VerifyReport, options: CheckReportOptions = {}): void {
  const error = findFault(report);
  if (error !== null && !(options.acceptChanged === true && canBeAccepted(report))) throw error;
}

/** What {@linkcode checkReport} would throw. */
export function findFault({ valid, problems, damaged }: VerifyReport): AppError | null {
  if (valid) return null;
  return new AppError("restore.invalid_backup", { reason: explainProblems(problems), damaged });
}

/** Tells whether a person may have what is in an archive restored although it is not what was recorded. */
export function canBeAccepted({ problems }: VerifyReport): boolean {
  return areOnlyChanges(problems);
}
