import type { Clock } from "../base/clock.ts";
import { utcTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { asAppError } from "../base/os_error.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { Progress } from "./progress.ts";
import type { JobContext, JobDocument, JobListener, JobOptions, JobState } from "./types.ts";

/** Least time between two reports of bytes, in milliseconds; phases are reported at once. */
const REPORT_EVERY_MS = 200;
/** A listener hears at least this often while the job runs, in milliseconds. */
const HEARTBEAT_MS = 1000;

/** A job from its start to its end: the context its work sees and the document others see. */
export class RunningJob implements JobContext {
  readonly jobId: string;
  readonly signal: AbortSignal;
  readonly options: JobOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #progress: Progress;
  readonly #startedAt: number;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<JobListener>();
  readonly #warnings: Notice[] = [];
  readonly #used = new Set<string>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #backupId: string | null;
  #cancellable = true;
  #state: JobState = "running";
  #finishedAt: number | null = null;
  #error: unknown = null;
  #reportedAt = -Infinity;

  /** @param options What the job does and for whom. */
  constructor(options: JobOptions, services: { clock: Clock; log: Logger }) {
    this.jobId = crypto.randomUUID();
    this.options = options;
    this.#clock = services.clock;
    this.#log = services.log;
    this.#progress = new Progress(services.clock);
    this.#startedAt = services.clock.now();
    this.#backupId = options.backupId ?? null;
    if (options.backupId !== undefined) this.#used.add(options.backupId);
    this.signal = options.signal === undefined
      ? this.#abort.signal
      : AbortSignal.any([options.signal, this.#abort.signal]);
    this.#heartbeat = setInterval(() => this.#report(), HEARTBEAT_MS);
  }

  phase(name: string, totalBytes: number | null = null): void {
    this.#progress.begin(name, totalBytes);
    this.#log.debug("job.phase", { job_id: this.jobId, phase: name });
    this.#report();
  }

  advance(bytes: number): void {
    this.#progress.advance(bytes);
    this.#reportSometimes();
  }

  reach(doneBytes: number, totalBytes?: number | null): void {
    this.#progress.reach(doneBytes, totalBytes);
    this.#reportSometimes();
  }

  use(backupId: string): void {
    this.#used.add(backupId);
    this.#report();
  }

  made(backupId: string): void {
    this.#backupId = backupId;
    this.use(backupId);
  }

  warn(notice: Notice): void {
    this.#warnings.push(notice);
    this.#log.warn("job.warning", { notice, job_id: this.jobId });
  }

  commit(): void {
    this.signal.throwIfAborted();
    this.#cancellable = false;
    this.#report();
  }

  /** The ids of backups that must not be deleted while it runs. */
  get used(): ReadonlySet<string> {
    return this.#used;
  }

  /** @throws {AppError} `job.not_cancellable` */
  cancel(): void {
    if (this.#state !== "running" || !this.#cancellable) {
      throw new AppError("job.not_cancellable", { job_id: this.jobId });
    }
    this.#abort.abort(new AppError("job.cancelled", { job_id: this.jobId }));
  }

  /** Calls `listener` now and on every change; dispose the result to stop. */
  watch(listener: JobListener): Disposable {
    listener(this.document());
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * Settles how it ended; its listeners hear of it by {@linkcode RunningJob.announceEnd}.
   *
   * @param error What its work threw; `null` when it returned.
   */
  finish(error: unknown): void {
    clearInterval(this.#heartbeat);
    this.#finishedAt = this.#clock.now();
    this.#error = error;
    this.#state = error === null
      ? "done"
      : isAppError(error, "job.cancelled")
      ? "cancelled"
      : "failed";
    this.#cancellable = false;
  }

  /** Tells the listeners the end, after which they hear nothing more. */
  announceEnd(): void {
    this.#report();
    this.#listeners.clear();
  }

  /** How it stands, for the world. */
  document(): JobDocument {
    const reading = this.#progress.read();
    const running = this.#state === "running";
    return {
      job_id: this.jobId,
      kind: this.options.kind,
      state: this.#state,
      phase: running ? reading.phase : this.#state,
      done_bytes: reading.doneBytes,
      total_bytes: reading.totalBytes,
      bytes_per_second: running ? reading.bytesPerSecond : null,
      eta_seconds: running ? reading.etaSeconds : null,
      started_at: utcTime(this.#startedAt),
      finished_at: this.#finishedAt === null ? null : utcTime(this.#finishedAt),
      backup_id: this.#backupId,
      file_name: this.options.fileName ?? null,
      actor: this.options.actor,
      cancellable: this.#cancellable,
      error: this.#error === null ? null : {
        code: asAppError(this.#error).code,
        detail: noticeOf(this.#error),
      },
      warnings: this.#warnings,
    };
  }

  #reportSometimes(): void {
    if (this.#clock.elapsed() - this.#reportedAt >= REPORT_EVERY_MS) this.#report();
  }

  #report(): void {
    this.#reportedAt = this.#clock.elapsed();
    if (this.#listeners.size === 0) return;
    const document = this.document();
    for (const listener of [...this.#listeners]) listener(document);
  }
}
