import type { Notice } from "../base/messages/mod.ts";

/** What a job does. */
export type JobKind = "create" | "restore" | "undo" | "drill" | "upload" | "validate";

/** Where a job stands. */
export type JobState = "running" | "done" | "failed" | "cancelled";

/** One run, as clients see it. Sizes in bytes, times in UTC (RFC 3339). */
export interface JobDocument {
  readonly job_id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** What it is doing now, such as `copy_database`; the page has a word for each. */
  readonly phase: string;
  readonly done_bytes: number;
  /** `null` while unknown. */
  readonly total_bytes: number | null;
  readonly bytes_per_second: number | null;
  readonly eta_seconds: number | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly backup_id: string | null;
  /** Of an upload: the name of the file, as its sender calls it. */
  readonly file_name: string | null;
  /** Who asked for it. */
  readonly actor: string;
  readonly cancellable: boolean;
  readonly error: { readonly code: string; readonly detail: Notice } | null;
  /** Things that went aside without failing the job. */
  readonly warnings: readonly Notice[];
}

/** What a running job's work is given. */
export interface JobContext {
  readonly jobId: string;
  /** Aborted by cancel and by a stopping server; its reason is an {@linkcode AppError}. */
  readonly signal: AbortSignal;
  /** Starts a phase; `totalBytes` when it can be told. */
  phase(name: string, totalBytes?: number | null): void;
  /** Adds to the bytes done in this phase. */
  advance(bytes: number): void;
  /** Sets the bytes done in this phase. */
  reach(doneBytes: number, totalBytes?: number | null): void;
  /** Names the backup the job makes or uses; a backup in use is never deleted. */
  use(backupId: string): void;
  /** Names the backup the job made. */
  made(backupId: string): void;
  /** Adds a warning to the job's record and the log. */
  warn(notice: Notice): void;
  /** From here on the job cannot be cancelled; throws `job.cancelled` when it was already. */
  commit(): void;
}

/** A job under way. */
export interface StartedJob<Result> {
  readonly job: JobDocument;
  /** Settles when the job ends; rejects with its error. Never left unhandled by the lane. */
  readonly result: Promise<Result>;
}

/** Options of a job. */
export interface JobOptions {
  readonly kind: JobKind;
  readonly actor: string;
  readonly backupId?: string;
  readonly fileName?: string | null;
  /** `false`: runs beside others (validate, upload). Default `true`: holds the lane. */
  readonly exclusive?: boolean;
  /** Ends the job when aborted, as cancel does. */
  readonly signal?: AbortSignal;
}

/** Hears about every change of a job; the last call has a `state` other than `running`. */
export type JobListener = (job: JobDocument) => void;

/** What the doors see of jobs. */
export interface Jobs {
  /**
   * Starts `work` as a job and returns at once.
   *
   * @throws {AppError} `job.busy` with `job_id` when another job, here or in another process, holds the lane;
   * `restore.in_progress` while a restore is being completed.
   */
  start<Result>(
    options: JobOptions,
    work: (context: JobContext) => Promise<Result>,
  ): Promise<StartedJob<Result>>;
  /** Newest first; bounded. Jobs of other processes on the same store are among them. */
  list(): Promise<JobDocument[]>;
  /** @throws {AppError} `job.not_found` */
  get(jobId: string): Promise<JobDocument>;
  /** Calls `listener` at once with the present state and then on each change. */
  watch(jobId: string, listener: JobListener): Disposable;
  /** @throws {AppError} `job.not_found`, `job.not_cancellable` */
  cancel(jobId: string): JobDocument;
  /** The ids of backups that a running job, in any process, uses. */
  inUse(): Promise<ReadonlySet<string>>;
}
