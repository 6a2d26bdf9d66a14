/**
 * The one place where an error becomes a response.
 *
 * @module
 */
import { HTTPException } from "hono/http-exception";
import { AppError, type ErrorCode, isAppError } from "../base/errors.ts";
import { asAppError } from "../base/os_error.ts";
import { describeError, type Language, localize } from "../base/messages/mod.ts";
import { type Logger, wasLogged } from "../base/log.ts";

/** The HTTP status of every code. */
export const STATUSES: Readonly<Record<ErrorCode, number>> = {
  "request.malformed": 422,
  "request.invalid": 422,
  "request.timeout": 408,
  "request.too_large": 413,
  "request.not_found": 404,
  "request.method_not_allowed": 405,
  "request.unsupported_type": 415,
  "request.too_many_streams": 429,
  "auth.invalid_token": 401,
  "auth.not_admin": 403,
  "auth.read_only": 403,
  "auth.library_unavailable": 503,
  "auth.wrong_password": 401,
  "auth.too_many_attempts": 429,
  "auth.weak_password": 422,
  "auth.invalid_ticket": 401,
  "config.invalid": 500,
  "config.unreadable": 500,
  "config.not_separable": 409,
  "backup.not_found": 404,
  "backup.exists": 409,
  "backup.pinned": 409,
  "backup.in_use": 409,
  "backup.part_missing": 422,
  "backup.nothing_to_back_up": 422,
  "backup.create_failed": 500,
  "backup.verify_failed": 500,
  "backup.store_missing": 500,
  "backup.no_identity": 500,
  "backup.removal_waits": 409,
  "backup.range_not_satisfiable": 416,
  "upload.busy": 409,
  "upload.damaged": 400,
  "upload.incomplete": 400,
  "upload.no_file": 422,
  "upload.not_backup": 400,
  "upload.not_zip": 400,
  "upload.too_large": 413,
  "archive.changed": 400,
  "archive.damaged": 400,
  "archive.hostile": 400,
  "archive.missing_entry": 400,
  "archive.not_zip": 400,
  "archive.too_large": 400,
  "archive.unsupported": 400,
  "database.busy": 503,
  "database.damaged": 500,
  "database.folder": 500,
  "database.hostile": 400,
  "database.missing": 500,
  "database.not_sqlite": 500,
  "database.page_size": 409,
  "database.permission": 500,
  "database.read_only": 500,
  "database.timeout": 500,
  "database.unsupported": 500,
  "restore.failed": 500,
  "restore.in_progress": 503,
  "restore.invalid_backup": 400,
  "restore.journal_damaged": 409,
  "restore.needs_force": 409,
  "restore.no_place": 422,
  "restore.no_database_before": 409,
  "restore.newer_schema": 409,
  "restore.no_snapshot": 409,
  "restore.no_way_back": 409,
  "restore.not_pending": 409,
  "restore.nothing_to_undo": 409,
  "restore.older_schema": 409,
  "restore.other_library": 409,
  "restore.stop_library": 409,
  "restore.undecided": 409,
  "restore.volume_missing": 503,
  "drill.failed": 500,
  "job.busy": 409,
  "job.cancelled": 409,
  "job.not_cancellable": 409,
  "job.not_found": 404,
  "job.interrupted": 500,
  "job.lock_failed": 500,
  "schedule.invalid": 400,
  "schedule.never_runs": 400,
  "space.insufficient": 507,
  "storage.exists": 409,
  "storage.failed": 500,
  "storage.is_folder": 500,
  "storage.not_folder": 500,
  "storage.full": 507,
  "storage.missing": 500,
  "storage.permission": 500,
  "storage.read_only": 500,
  "storage.too_many_files": 500,
  "target.exists": 409,
  "target.failed": 502,
  "target.full": 507,
  "target.name": 422,
  "target.not_found": 404,
  "target.refused": 502,
  "target.source_changed": 500,
  "target.throttled": 503,
  "target.timeout": 504,
  "target.unreachable": 502,
  "webdav.unavailable": 409,
  "worker.crashed": 500,
  "cli.usage": 400,
  "cli.output_failed": 500,
  "internal": 500,
};

/** Seconds a client should wait when the error itself does not say. */
const RETRY_AFTER_SECONDS = 10;

/** What {@linkcode problemResponse} needs of its surroundings. */
export interface ProblemOptions {
  readonly language: Language;
  readonly log: Logger;
  /** `GET /path`, for the log. */
  readonly request: string;
}

/**
 * Answers an error: `{detail, code, …}` with the status of its code.
 *
 * The error's details become fields, those of its reason too. What is no {@linkcode AppError} is answered as
 * `internal` and goes to the log, stack and all; the answer tells nothing of it. What a job has logged as its failure
 * is not logged again.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15
 */
export function problemResponse(error: unknown, options: ProblemOptions): Response {
  const known = asKnown(error);
  const status = statusOf(known);
  if (status === 500 && !wasLogged(error)) {
    options.log.error("request.failed", { request: options.request, error });
  }
  const body = {
    detail: describeError(known, options.language),
    code: known.code,
    ...fieldsOf(known, options.language),
  };
  return Response.json(body, { status, headers: headersOf(known, status) });
}

/** The status of an error: that of its reason when the reason is a full disk or a cancelled job. */
export function statusOf(error: AppError): number {
  const status = STATUSES[error.code];
  const { reason } = error.details;
  const passes = isAppError(reason, "space.insufficient", "storage.full", "job.cancelled");
  return status === 500 && passes ? STATUSES[reason.code] : status;
}

function asKnown(error: unknown): AppError {
  if (error instanceof HTTPException && error.status === 415) {
    return new AppError("request.unsupported_type", { expected: "application/json" });
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new AppError("request.malformed");
  }
  return asAppError(error);
}

function fieldsOf(error: AppError, language: Language): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error.details)) {
    // `summary` is part of the sentence already.
    if (key === "detail" || key === "code" || key === "summary") continue;
    if (!(value instanceof Error)) fields[key] = localize(value, language);
    else if (value instanceof AppError) {
      Object.assign(fields, { ...fieldsOf(value, language), ...fields });
      fields[key] = { code: value.code, detail: describeError(value, language) };
    }
  }
  return fields;
}

function headersOf(error: AppError, status: number): Record<string, string> {
  const { retry_after: retryAfter, allowed, size } = error.details;
  const headers: Record<string, string> = {};
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  if (status === 405 && Array.isArray(allowed)) headers["Allow"] = allowed.join(", ");
  if (status === 416) headers["Content-Range"] = `bytes */${size}`;
  if (status === 429 || status === 503) {
    headers["Retry-After"] = String(
      typeof retryAfter === "number" ? Math.ceil(retryAfter) : RETRY_AFTER_SECONDS,
    );
  }
  return headers;
}
