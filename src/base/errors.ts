/**
 * Every condition the product can report. A code is a promise: it is never renamed, and three tables
 * — this one, the sentences in `messages/` and the statuses in `http/problem.ts` — have one row for each.
 */
export const ERROR_CODES = [
  "request.malformed",
  "request.invalid",
  "request.timeout",
  "request.too_large",
  "request.not_found",
  "request.method_not_allowed",
  "request.unsupported_type",
  "request.too_many_streams",
  "auth.invalid_token",
  "auth.not_admin",
  "auth.read_only",
  "auth.library_unavailable",
  "auth.wrong_password",
  "auth.too_many_attempts",
  "auth.weak_password",
  "auth.invalid_ticket",
  "config.invalid",
  "config.unreadable",
  "config.not_separable",
  "backup.not_found",
  "backup.exists",
  "backup.pinned",
  "backup.in_use",
  "backup.part_missing",
  "backup.nothing_to_back_up",
  "backup.create_failed",
  "backup.verify_failed",
  "backup.store_missing",
  "backup.no_identity",
  "backup.removal_waits",
  "backup.range_not_satisfiable",
  "upload.busy",
  "upload.damaged",
  "upload.incomplete",
  "upload.no_file",
  "upload.not_backup",
  "upload.not_zip",
  "upload.too_large",
  "archive.changed",
  "archive.damaged",
  "archive.hostile",
  "archive.missing_entry",
  "archive.not_zip",
  "archive.too_large",
  "archive.unsupported",
  "database.busy",
  "database.damaged",
  "database.folder",
  "database.hostile",
  "database.missing",
  "database.not_sqlite",
  "database.page_size",
  "database.permission",
  "database.read_only",
  "database.timeout",
  "database.unsupported",
  "restore.failed",
  "restore.in_progress",
  "restore.invalid_backup",
  "restore.journal_damaged",
  "restore.needs_force",
  "restore.no_place",
  "restore.no_database_before",
  "restore.newer_schema",
  "restore.no_snapshot",
  "restore.no_way_back",
  "restore.not_pending",
  "restore.nothing_to_undo",
  "restore.older_schema",
  "restore.other_library",
  "restore.stop_library",
  "restore.undecided",
  "restore.volume_missing",
  "drill.failed",
  "job.busy",
  "job.cancelled",
  "job.interrupted",
  "job.lock_failed",
  "job.not_cancellable",
  "job.not_found",
  "schedule.invalid",
  "schedule.never_runs",
  "space.insufficient",
  "storage.exists",
  "storage.failed",
  "storage.is_folder",
  "storage.not_folder",
  "storage.full",
  "storage.missing",
  "storage.permission",
  "storage.read_only",
  "storage.too_many_files",
  "target.exists",
  "target.failed",
  "target.full",
  "target.name",
  "target.not_found",
  "target.refused",
  "target.source_changed",
  "target.throttled",
  "target.timeout",
  "target.unreachable",
  "webdav.unavailable",
  "worker.crashed",
  "cli.usage",
  "cli.output_failed",
  "internal",
] as const;

/** One of {@linkcode ERROR_CODES}, written `room.condition`. */
export type ErrorCode = typeof ERROR_CODES[number];

/** Facts that go into the sentence and the answer. Keys are snake_case: they are seen by API clients. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * An expected failure: a code, the facts that belong to it, and what caused it.
 *
 * It carries no sentence. `describeError()` of `messages/` makes one in the reader's language, so the
 * same error is Chinese in one answer and English in another. A detail named `reason` may itself be an
 * error; its sentence becomes part of this one's.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param code What happened.
   * @param details Facts for the sentence; never a secret, a stack or SQL.
   * @param options `cause`: the error this one explains.
   */
  constructor(code: ErrorCode, details: ErrorDetails = {}, options: ErrorOptions = {}) {
    super(`${code} ${JSON.stringify(details, replaceErrors)}`, options);
    this.code = code;
    this.details = details;
  }
}

/** Tells whether `error` is an {@linkcode AppError}, of one of `codes` when any are given. */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}

function replaceErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
