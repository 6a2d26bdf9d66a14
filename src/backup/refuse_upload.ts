import { openArchive } from "../archive/read.ts";
import { recogniseZip } from "../archive/recognise_zip.ts";
import type { VerifyReport } from "../archive/verify.ts";
import { areOnlyChanges, explainProblems } from "../archive/verify_problem.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { isStrangersFault } from "../database/mod.ts";
import type { UploadRequest } from "./types.ts";

/** What a stranger's archive may do wrong without it being our failure. */
const REFUSALS = [
  "archive.changed",
  "archive.damaged",
  "archive.hostile",
  "archive.missing_entry",
  "archive.too_large",
  "archive.unsupported",
] as const;

/** How the parts of a split archive are called. */
const PART_NAME = /\.(?:z\d\d|\d{3})$/i;

/**
 * Lets an uploaded archive pass that is a sound backup, or one that was only changed and is wanted all the same.
 *
 * @param path Of the archive.
 * @throws {AppError} `archive.*` for what is wrong with it, `upload.not_backup` for another kind of ZIP.
 */
export async function refuseProblems(
  path: string,
  report: VerifyReport,
  { force }: UploadRequest,
): Promise<void> {
  const { problems, includes, metadata } = report;
  const isRefused = problems.some(({ hostile }) => hostile);
  if (!isRefused && metadata === null && includes.length === 0) await refuseForeign(path);
  const isAccepted = force === true && areOnlyChanges(problems);
  if (problems.length > 0 && !isAccepted) throw explainProblems(problems);
  if (includes.length > 0) return;
  throw new AppError("archive.damaged", { found: "no database, covers or config inside" });
}

/** @throws {AppError} `upload.not_backup`; nothing when the archive cannot even be looked into. */
async function refuseForeign(path: string): Promise<void> {
  try {
    await using archive = await openArchive(path);
    throw new AppError("upload.not_backup", { found: await recogniseZip(archive) });
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith("archive.")) throw error;
  }
}

/** Tells whoever sent a file what is wrong with that file; it has not been on any disk of ours. */
export function explainRefusal(error: unknown, { fileName }: UploadRequest): unknown {
  // What begins like a ZIP and is none: there is nothing to say of it but that.
  if (isAppError(error, "archive.not_zip")) return new AppError("upload.not_zip");
  if (isStrangersFault(error)) return new AppError("upload.damaged", { reason: error });
  if (!isAppError(error, ...REFUSALS)) return error;
  const isPart = error.details["why"] === "cut" && PART_NAME.test(fileName ?? "");
  const reason = isPart
    ? new AppError("archive.unsupported", { why: "split" })
    : new AppError(error.code, { ...error.details, uploaded: true }, { cause: error });
  return new AppError("upload.damaged", { reason });
}
