import type { VerifyReport } from "../archive/verify.ts";
import { AppError } from "../base/errors.ts";

/**
 * Lets a sound archive pass.
 *
 * @throws {AppError} `restore.invalid_backup` with the first problem and every damaged path.
 */
export function checkReport(report: VerifyReport): void {
  if (report.valid) return;
  const first = report.problems.find(({ hostile }) => hostile) ?? report.problems[0];
  const reason = new AppError(first?.hostile ? "archive.hostile" : "archive.damaged", {
    ...first?.path ? { path: first.path } : {},
    found: first?.found ?? "?",
  });
  throw new AppError("restore.invalid_backup", { reason, damaged: report.damaged });
}
