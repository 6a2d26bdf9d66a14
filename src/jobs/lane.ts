import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type HeldLock, tryLockFile } from "../storage/lock_file.ts";
import { History, interrupted } from "./history.ts";
import {
  DESCRIBE_EVERY_MS,
  describeJob,
  describeWhileRunning,
  type LaneHolder,
  readLaneHolder,
} from "./lane_holder.ts";
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
  /**
   * Why no job may start now, or `null`: a restore is being completed. Asked with the lane held, so that what a process
   * left behind when it died is seen by whoever takes the lane after it.
   */
  readonly gate?: () => Promise<AppError | null>;
}

/** How long one is waited for who holds the lane and is no job: it tidies up, or is about to say which job it is. */
const BRIEF_MS = 5_000;
const ASK_AGAIN_MS = 20;
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
    if (exclusive && this.#holder !== null) {
      await this.#askGate(options);
      throw this.#busy();
    }
    const job = new RunningJob(options, this.#options);
    if (exclusive) this.#holder = job.jobId;
    let lock: HeldLock | null = null;
    try {
      if (exclusive) lock = await this.#takeLock(BRIEF_MS, options.signal);
      await this.#askGate(options);
      if (lock !== null) await this.#announce(job, lock);
      return this.#run(job, lock, work);
    } catch (error) {
      job.finish(error);
      await lock?.[Symbol.asyncDispose]();
      if (exclusive) this.#holder = null;
      throw error;
    }
  }

  /**
   * Holds the lane for work that is no job, such as completing a restore at start.
   *
   * @param options `brief`: a job of this process waits for it instead of being refused, and it waits for nobody.
   * @throws {AppError} `job.busy`, `job.lock_failed`
   */
  async hold<Result>(
    work: () => Promise<Result>,
    options: { brief?: boolean } = {},
  ): Promise<Result> {
    if (this.#holder !== null) throw this.#busy();
    this.#holder = NO_JOB;
    const holding = this.#holdAndWork(work, options.brief === true ? 0 : BRIEF_MS);
    if (options.brief === true) this.#brief = holding.then(() => {}, () => {});
    return await holding;
  }

  async list(): Promise<JobDocument[]> {
    const mine = [...this.#running.values()].map(({ job }) => job.document());
    const other = await this.#otherHolder().catch((error) => {
      this.#options.log.warn("job.unreadable", { error });
      return null;
    });
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

  async #holdAndWork<Result>(work: () => Promise<Result>, patienceMs: number): Promise<Result> {
    try {
      await using _lock = await this.#takeLock(patienceMs);
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

  /**
   * A job of another process is in the way for as long as it runs; whoever holds the lane without being one, only for a
   * moment, unless it completes a restore.
   */
  async #takeLock(patienceMs: number, signal?: AbortSignal): Promise<HeldLock> {
    const begunAt = performance.now();
    while (true) {
      const lock = await this.#tryLock();
      if (lock !== null) return lock;
      const other = await this.#readHolder();
      if (other !== null || performance.now() - begunAt >= patienceMs) {
        throw new AppError("job.busy", { job_id: other?.job.job_id ?? null });
      }
      const refusal = await this.#options.gate?.() ?? null;
      if (refusal !== null) throw refusal;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      signal?.throwIfAborted();
      if (this.#stopping) throw new AppError("job.cancelled");
    }
  }

  async #tryLock(): Promise<HeldLock | null> {
    try {
      return await tryLockFile(this.#options.lockPath);
    } catch (error) {
      // Any other reason says for itself what to do about it.
      if (!isAppError(error, "storage.failed", "storage.is_folder")) throw error;
      throw new AppError("job.lock_failed", { reason: error }, { cause: error });
    }
  }

  async #askGate({ kind }: JobOptions): Promise<void> {
    const refusal = kind === "validate" ? null : await this.#options.gate?.() ?? null;
    if (refusal !== null) throw refusal;
  }

  /**
   * In this order: a row without an end, beside a lock that names no job, means that its process died. So the row is
   * left out where other processes cannot be told.
   */
  async #announce(job: RunningJob, lock: HeldLock): Promise<void> {
    try {
      await describeJob(job, lock);
    } catch (error) {
      this.#options.log.warn("job.holder_unsaved", { error, job_id: job.jobId });
      return;
    }
    await this.#history.started(job.document());
  }

  async #otherHolder(): Promise<LaneHolder | null> {
    return this.#holder === null ? await this.#readHolder() : null;
  }

  async #readHolder(): Promise<LaneHolder | null> {
    const holder = await readLaneHolder(this.#options.lockPath);
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
