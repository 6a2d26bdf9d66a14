import { AppError, type ErrorCode, type ErrorDetails } from "../base/errors.ts";
import { METADATA_PATH } from "./entry_path.ts";

/** One thing that is wrong. */
export interface VerifyProblem {
  /** The entry; `null` when it concerns the whole file. */
  readonly path: string | null;
  readonly found: string;
  /** Refused because it could do harm, not because it is broken. */
  readonly hostile: boolean;
  /** `changed`: whole, and not what was recorded when the backup was made. */
  readonly kind: "archive" | "changed" | "checksum" | "metadata";
  /** What it is as an error, see {@linkcode problemError}. */
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** Makes an error of a problem, which can travel between threads. */
export function problemError({ code, details }: VerifyProblem): AppError {
  return new AppError(code, details);
}

/**
 * Says in one error what is wrong with an archive: what could do harm, else damage, else all that was changed.
 *
 * @param problems At least one.
 */
export function explainProblems(problems: readonly VerifyProblem[]): AppError {
  const worst = problems.find(({ hostile }) => hostile) ??
    problems.find((problem) => !isChange(problem));
  if (worst !== undefined) return problemError(worst);
  const paths = problems.flatMap(({ path }) => path ?? []);
  const found = problems[0]?.found;
  return new AppError("archive.changed", paths.length > 0 ? { paths } : { found });
}

/** Tells whether an archive is whole and only not what it was when it was made: a person may accept that. */
export function areOnlyChanges(problems: readonly VerifyProblem[]): boolean {
  return problems.length > 0 && problems.every(isChange);
}

function isChange({ kind }: VerifyProblem): boolean {
  return kind === "changed" || kind === "checksum";
}

/** Tells of an entry that it is whole and not what was recorded. @param found `null`: it is. */
export function changedProblem(path: string, found: string | null): VerifyProblem | null {
  if (found === null) return null;
  const details = { path, found };
  return { ...details, hostile: false, kind: "changed", code: "archive.changed", details };
}

/** Makes a problem of an error that reading an archive has thrown. */
export function toProblem({ code, details }: AppError): VerifyProblem {
  const hostile = code === "archive.hostile" || code === "archive.unsupported" ||
    code === "archive.too_large";
  const path = typeof details["path"] === "string" && details["path"] !== ""
    ? details["path"]
    : null;
  const kind = path === METADATA_PATH && !hostile ? "metadata" : "archive";
  return { path, found: textOf(details["found"]), hostile, kind, code, details };
}

/** In English where there is a choice: for logs and for whoever reads the code. */
function textOf(found: unknown): string {
  return typeof found === "object" && found !== null && "en" in found
    ? String(found.en)
    : String(found);
}
