import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { noticeOf } from "../base/messages/mod.ts";
import { RecordLog } from "./record_log.ts";
import type { JobDocument } from "./types.ts";

/** How many finished jobs the list shows. */
const SHOWN = 200;

/** Remembers jobs across restarts. A job that began but never ended was interrupted. */
export class History {
  readonly #rows: RecordLog<JobDocument>;
  readonly #log: Logger;

  constructor(options: { historyPath: string; log: Logger }) {
    this.#rows = new RecordLog(options.historyPath, isJobDocument);
    this.#log = options.log;
  }

  /** Notes that a job began, so that its interruption can be told later. */
  async started(job: JobDocument): Promise<void> {
    await this.#append(job);
  }

  /** Notes how a job ended. */
  async ended(job: JobDocument): Promise<void> {
    await this.#append(job);
  }

  /** Newest first, without those whose id is in `running`. */
  async list(running: ReadonlySet<string>): Promise<JobDocument[]> {
    const last = new Map<string, JobDocument>();
    for (const row of await this.#rows.read()) last.set(row.job_id, row);
    return [...last.values()]
      .filter((job) => !running.has(job.job_id))
      .slice(-SHOWN)
      .reverse()
      .map((job) => ({ ...job, file_name: job.file_name ?? null })) // Earlier versions did not write it.
      .map((job) => job.state === "running" ? interrupted(job) : job);
  }

  /** History must not decide whether a backup works: a full disk costs the row, and the log says so. */
  async #append(job: JobDocument): Promise<void> {
    try {
      await this.#rows.append(job);
    } catch (error) {
      this.#log.warn("job.history_unsaved", { error, job_id: job.job_id });
    }
  }
}

/** A job as it stands once its process has died. */
export function interrupted(job: JobDocument): JobDocument {
  const error = new AppError("job.interrupted");
  return {
    ...job,
    state: "failed",
    phase: "failed",
    cancellable: false,
    eta_seconds: null,
    bytes_per_second: null,
    error: { code: error.code, detail: noticeOf(error) },
  };
}

function isJobDocument(value: unknown): value is JobDocument {
  return typeof value === "object" && value !== null && "job_id" in value && "state" in value &&
    "started_at" in value && typeof value.started_at === "string";
}
