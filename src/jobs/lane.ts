import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type HeldLock, readLockHolder, tryLockFile } from "../storage/lock_file.ts";
import { History, interrupted } from "./history.ts";
import { RunningJob } from "./running_job.ts";
import type {
  JobContext,
  JobDocument,
  JobListener,
  JobOptions,
  Jobs,
  StartedJob,
} from "./types.ts";

/** What a {@linkcode Lane} needs. */
export interface LaneOptions {
  /** File whose lock is the lane between processes. */
  readonly lockPath: string;
  /** File that keeps finished jobs. */
  readonly historyPath: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Why no job may start now, or `null`: a restore is being completed. */
  readonly gate?: () => AppError | null;
}

/** What the holder of the lock writes into it, for other processes to read. */
interface Holder {
  readonly job: JobDocument;
  readonly uses: readonly string[];
}

const DESCRIBE_EVERY_MS = 1000;
/** Holds the lane without being a job. */
const NO_JOB = "";

/**
 * Lets one job run at a time, here and across processes.
 *
 * The lane between processes is an advisory lock that dies with its process: after `kill -9` nothing is
 * left to unlock by hand.
 */
export class Lane implements Jobs {
  readonly #options: LaneOptions;
  readonly #history: History;
  readonly #running = new Map<string, { job: RunningJob; ended: Promise<void> }>();
  /** Id of the job that holds the lane here, {@linkcode NO_JOB}, or `null`: nobody does. */
  #holder: string | null = null;
  /** The job of another process that was last seen to hold the lane. */
  #lastOther: JobDocument | null = null;
  /** Settles when brief work that is no job has let go of the lane. */
  #brief: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#history = new History(options);
  }

  async start<Result>(
    options: JobOptions,
    work: (context: JobContext) => Promise<Result>,
  ): Promise<StartedJob<Result>> {
    const exclusive = options.exclusive ?? true;
    if (exclusive) await this.#brief;
    if (this.#stopping) throw new AppError("job.cancelled");
    const refusal = options.kind === "validate" ? null : this.#options.gate?.() ?? null;
    if (refusal !== null) throw refusal;
    if (exclusive && this.#holder !== null) throw this.#busy();
    const job = new RunningJob(options, this.#options);
    if (exclusive) this.#holder = job.jobId;
    try {
      const lock = exclusive ? await this.#takeLock() : null;
      // In this order: a row without an end, beside a lock that names no job, means that its process died.
      await lock?.describe(holderText(job));
      if (exclusive) await this.#history.started(job.document());
      return this.#run(job, lock, work);
    } catch (error) {
      job.finish(error);
      if (exclusive) this.#holder = null;
      throw error;
    }
  }

  /**
   * Holds the lane for work that is no job, such as completing a restore at start.
   *
   * @param options `brief`: a job of this process waits for it instead of being refused.
   * @throws {AppError} `job.busy`
   */
  async hold<Result>(
    work: () => Promise<Result>,
    options: { brief?: boolean } = {},
  ): Promise<Result> {
    if (this.#holder !== null) throw this.#busy();
    this.#holder = NO_JOB;
    const holding = this.#holdAndWork(work);
    if (options.brief === true) this.#brief = holding.then(() => {}, () => {});
    return await holding;
  }

  async list(): Promise<JobDocument[]> {
    const mine = [...this.#running.values()].map(({ job }) => job.document());
    const other = await this.#otherHolder();
    const running = other === null ? mine : [...mine, other.job];
    return [...running, ...await this.#history.list(new Set(running.map((job) => job.job_id)))]
      .sort((a, b) => b.started_at.localeCompare(a.started_at));
  }

  async get(jobId: string): Promise<JobDocument> {
    const mine = this.#running.get(jobId);
    if (mine !== undefined) return mine.job.document();
    const found = (await this.list()).find((job) => job.job_id === jobId);
    if (found !== undefined) return found;
    // Seen running in a process that died, and its row in the history could not be written.
    if (this.#lastOther?.job_id === jobId) return interrupted(this.#lastOther);
    throw new AppError("job.not_found", { job_id: jobId });
  }

  watch(jobId: string, listener: JobListener): Disposable {
    const mine = this.#running.get(jobId);
    return mine !== undefined ? mine.job.watch(listener) : this.#watchOther(jobId, listener);
  }

  cancel(jobId: string): JobDocument {
    const mine = this.#running.get(jobId);
    if (mine === undefined) throw new AppError("job.not_cancellable", { job_id: jobId });
    mine.job.cancel();
    return mine.job.document();
  }

  async inUse(): Promise<ReadonlySet<string>> {
    const other = await this.#otherHolder();
    return new Set([
      ...[...this.#running.values()].flatMap(({ job }) => [...job.used]),
      ...(other?.uses ?? []),
    ]);
  }

  /**
   * Takes no more jobs, cancels those that can be cancelled and waits for all to end.
   *
   * @param timeoutMs How long to wait.
   * @returns Whether every job ended in time.
   */
  async stop(timeoutMs: number): Promise<boolean> {
    this.#stopping = true;
    const ends = [...this.#running.values()].map(({ job, ended }) => {
      if (job.document().cancellable) job.cancel();
      return ended;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    const inTime = await Promise.race([Promise.all(ends).then(() => true), late]);
    clearTimeout(timer);
    return inTime;
  }

  async #holdAndWork<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      await using _lock = await this.#takeLock();
      return await work();
    } finally {
      this.#holder = null;
    }
  }

  #busy(): AppError {
    return new AppError("job.busy", { job_id: this.#holder === NO_JOB ? null : this.#holder });
  }

  #run<Result>(
    job: RunningJob,
    lock: HeldLock | null,
    work: (context: JobContext) => Promise<Result>,
  ): StartedJob<Result> {
    const run = async (): Promise<Result> => {
      const described = lock === null ? null : describeWhileRunning(job, lock, this.#options.log);
      let failure: unknown = null;
      try {
        job.signal.throwIfAborted();
        return await work(job);
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        await described?.[Symbol.asyncDispose]();
        job.finish(failure);
        // Written while the lane is held: to a process that finds it free, a job without an end has died.
        await this.#history.ended(job.document());
        await lock?.[Symbol.asyncDispose]();
        if (lock !== null) this.#holder = null;
        this.#running.delete(job.jobId);
        // Last: whoever hears of the end may start the next job at once.
        job.announceEnd();
      }
    };
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const result = begun.then(run);
    const ended = result.then(() => {}, () => {});
    this.#running.set(job.jobId, { job, ended });
    begin();
    return { job: job.document(), result };
  }

  async #takeLock(): Promise<HeldLock> {
    const lock = await tryLockFile(this.#options.lockPath);
    if (lock !== null) return lock;
    const other = await this.#readHolder();
    throw new AppError("job.busy", { job_id: other?.job.job_id ?? null });
  }

  async #otherHolder(): Promise<Holder | null> {
    return this.#holder === null ? await this.#readHolder() : null;
  }

  async #readHolder(): Promise<Holder | null> {
    const text = await readLockHolder(this.#options.lockPath);
    const holder = text === null ? null : parseHolder(text);
    if (holder !== null) this.#lastOther = holder.job;
    return holder;
  }

  #watchOther(jobId: string, listener: JobListener): Disposable {
    let stopped = false;
    const look = async () => {
      const job = await this.get(jobId);
      if (stopped) return;
      listener(job);
      if (job.state !== "running") clearInterval(timer);
    };
    const lookSafely = () =>
      void look().catch((error) => {
        if (isAppError(error, "job.not_found")) clearInterval(timer);
        this.#options.log.warn("job.unreadable", { error, job_id: jobId });
      });
    const timer = setInterval(lookSafely, DESCRIBE_EVERY_MS);
    lookSafely();
    return {
      [Symbol.dispose]: () => {
        stopped = true;
        clearInterval(timer);
      },
    };
  }
}

/** Keeps the lock's text true, at most once a second, one write at a time. */
function describeWhileRunning(job: RunningJob, lock: HeldLock, log: Logger): AsyncDisposable {
  let writing: Promise<void> | null = null;
  let writtenAt = -Infinity;
  let uses = -1;
  const watching = job.watch(() => {
    const due = performance.now() - writtenAt >= DESCRIBE_EVERY_MS || job.used.size !== uses;
    if (writing !== null || !due) return;
    writtenAt = performance.now();
    uses = job.used.size;
    writing = lock.describe(holderText(job))
      // The text is a courtesy to other processes; the lock itself does not depend on it.
      .catch((error) => log.debug("job.holder_unsaved", { error }))
      .finally(() => {
        writing = null;
      });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      watching[Symbol.dispose]();
      await writing;
    },
  };
}

function holderText(job: RunningJob): string {
  const holder: Holder = { job: job.document(), uses: [...job.used] };
  return JSON.stringify(holder);
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text);
    return typeof value?.job?.job_id === "string" && Array.isArray(value.uses) ? value : null;
  } catch (error) {
    // Caught half-written by another process, or empty: nothing is known of the holder.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
