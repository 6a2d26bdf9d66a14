import { type Clock, offsetTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import { checkSchedule, nextRuns } from "./cron.ts";
import { BUSY_DELAY_MS, decide, type Decision, RETRY_DELAYS_MS, retryAfter } from "./decide.ts";
import { type Heartbeat, heartbeat } from "./heartbeat.ts";
import { loadState } from "./load_state.ts";
import { failureReason, RunLog, type RunResult } from "./run_log.ts";
import { type Configured, freshState, type SchedulerState, writeState } from "./state.ts";
import { describeStatus, type SchedulerStatus } from "./status.ts";

/** What {@linkcode BackupScheduler} works with. */
export interface SchedulerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** IANA name; the schedules are in its time. */
  readonly timeZone: string;
  readonly stateFile: string;
  /** What the file or the environment says; `drillSchedule` empty: no drills. */
  readonly configured: Configured & { readonly drillSchedule: string };
  /** Makes one backup. Rejects with `job.busy` when it cannot begin now. */
  readonly runBackup: () => Promise<RunResult>;
  /** Runs one restore drill; likewise. */
  readonly runDrill: () => Promise<unknown>;
  /** Calls the tick every minute; the product's own when absent. */
  readonly heartbeat?: Heartbeat;
  /** Whether automatic backups exist. */
  readonly hasAutoBackups?: () => Promise<boolean>;
}

/** `POST scheduler/trigger`. */
export type TriggerResult =
  | ({ readonly success: true; readonly message: Notice } & RunResult)
  | { readonly success: false; readonly message: Notice };

type Task = "backup" | "drill";

/** A heart that missed so many beats does not beat. */
const UNWATCHED_MS = 5 * 60_000;

/**
 * Runs backups and restore drills when they are due.
 *
 * It knows neither of them: it is given two functions. What it decides is in {@linkcode decide}; what it
 * remembers is in the state file, so that schedule, retries and a missed run survive a restart.
 */
export class BackupScheduler {
  readonly #options: SchedulerOptions;
  readonly #runLog: RunLog;
  readonly #configured: Configured;
  #state: SchedulerState;
  #isLoaded = false;
  #stop: AbortController | null = null;
  /** When the clock was last looked at, on the clock that only grows. */
  #lookedAt = 0;
  #saving: Promise<void> = Promise.resolve();
  readonly #running = new Map<Task, Promise<void>>();

  /** @throws {AppError} `schedule.invalid`, `schedule.never_runs` for a configured schedule. */
  constructor(options: SchedulerOptions) {
    const { enabled, schedule, drillSchedule } = options.configured;
    if (drillSchedule !== "") checkSchedule(drillSchedule);
    this.#options = options;
    this.#configured = { enabled, schedule: checkSchedule(schedule) };
    this.#runLog = new RunLog(options.log, options.timeZone);
    this.#state = freshState(this.#configured, options.clock.now());
  }

  /**
   * Reads the state file, once; for a command that starts no scheduler but wants to know.
   */
  async load(): Promise<void> {
    if (this.#isLoaded) return;
    const { stateFile, clock, timeZone, log, hasAutoBackups } = this.#options;
    this.#state = await loadState({
      stateFile,
      configured: this.#configured,
      now: clock.now(),
      timeZone,
      log,
      hasAutoBackups: hasAutoBackups ?? (() => Promise.resolve(false)),
    });
    this.#isLoaded = true;
  }

  /** Begins to watch the clock. */
  async start(): Promise<void> {
    if (this.#stop !== null) return;
    await this.load();
    await this.#saveQuietly();
    this.#stop = new AbortController();
    this.#lookedAt = this.#options.clock.elapsed();
    (this.#options.heartbeat ?? heartbeat)(() => this.tick(), this.#stop.signal);
    this.#options.log.info("scheduler.started", {
      auto_backup_enabled: this.#state.enabled,
      schedule: this.#state.schedule,
      next_run: this.getStatus().next_run,
    });
  }

  /**
   * Stops watching and saves the state. A run under way is not waited for: should the process end before it
   * does, it is owed again at the next start.
   */
  async shutdown(): Promise<void> {
    if (this.#stop === null || this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#saveQuietly();
    this.#options.log.info("scheduler.stopped");
  }

  /** Settles when no run and no write of the state file is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
    await this.#saving.catch(() => {/* reported where it was asked for */});
  }

  /** Looks at the clock and starts what is due, without waiting for it. Never throws. */
  tick(): void {
    if (this.#stop === null || this.#stop.signal.aborted) return;
    this.#lookedAt = this.#options.clock.elapsed();
    try {
      const now = this.#options.clock.now();
      if (!this.#running.has("backup")) this.#tickBackup(now);
      // One at a time: a drill whose time has come waits for the backup to end.
      if (this.#running.size === 0) this.#tickDrill(now);
    } catch (error) {
      this.#options.log.error("scheduler.tick_failed", { error });
    }
  }

  /**
   * Switches automatic backups on.
   *
   * @param schedule Replaces the present one when given.
   * @throws {AppError} `schedule.*`; `storage.*` when it could not be saved: then nothing has changed.
   */
  async enableAutoBackup(schedule?: string): Promise<SchedulerStatus> {
    const wanted = schedule === undefined ? this.#state.schedule : checkSchedule(schedule);
    return await this.#change({ enabled: true, schedule: wanted });
  }

  /** Switches automatic backups off; the scheduler stays up. @throws {AppError} `storage.*` */
  async disableAutoBackup(): Promise<SchedulerStatus> {
    return await this.#change({ enabled: false });
  }

  /** Replaces the schedule, on or off. @throws {AppError} `schedule.*`, `storage.*` */
  async updateSchedule(schedule: string): Promise<SchedulerStatus> {
    return await this.#change({ schedule: checkSchedule(schedule) });
  }

  /**
   * Makes a backup now, outside the schedule. It counts as the last run; a success also settles a retry.
   *
   * @returns The failure too: only a run that could not begin is an error.
   * @throws {AppError} `job.busy`, `restore.in_progress`.
   */
  async triggerBackupNow(): Promise<TriggerResult> {
    if (this.#running.has("backup")) throw new AppError("job.busy");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running.set("backup", promise);
    const startedAt = this.#options.clock.now();
    try {
      this.#runLog.started(startedAt);
      const result = await this.#options.runBackup();
      await this.#recordSuccess(startedAt, result);
      const { backup_id, file_size, checksum, includes, file_path, description } = result;
      const made = { backup_id, file_size, checksum, includes, file_path, description };
      const message = { zh: "备份任务执行成功", en: "The backup ran successfully" };
      return { success: true, message, ...made };
    } catch (error) {
      if (isBusy(error)) throw error;
      const reason = failureReason(error);
      this.#runLog.failed(error, reason);
      this.#state = { ...this.#state, ...failedAt(startedAt, reason) };
      await this.#saveQuietly();
      const message = {
        zh: `备份任务执行失败: ${reason.zh}`,
        en: `The backup failed: ${reason.en}`,
      };
      return { success: false, message };
    } finally {
      this.#running.delete("backup");
      resolve();
    }
  }

  /** How things stand. */
  getStatus(): SchedulerStatus {
    const { clock, timeZone, configured: { drillSchedule } } = this.#options;
    const running = this.#stop !== null && !this.#stop.signal.aborted;
    return describeStatus(this.#state, { running, now: clock.now(), timeZone, drillSchedule });
  }

  /** For how many minutes nobody has looked whether something is due; `null` while somebody does, and before the start. */
  minutesUnwatched(): number | null {
    if (this.#stop === null || this.#stop.signal.aborted) return null;
    const unwatchedMs = this.#options.clock.elapsed() - this.#lookedAt;
    return unwatchedMs < UNWATCHED_MS ? null : Math.floor(unwatchedMs / 60_000);
  }

  /** When a schedule would run, with offsets. @throws {AppError} `schedule.*` */
  nextRuns(schedule: string, count: number): string[] {
    const { clock, timeZone } = this.#options;
    return nextRuns(checkSchedule(schedule), count, clock.now(), timeZone)
      .map((run) => offsetTime(run, timeZone));
  }

  #tickBackup(now: number): void {
    const { enabled, schedule, checkedUntil, retry } = this.#state;
    const { timeZone } = this.#options;
    const decision = decide(now, {
      schedule: enabled ? schedule : null,
      timeZone,
      checkedUntil,
      retry,
    });
    this.#warnOfSetBack(checkedUntil, decision);
    this.#state = {
      ...this.#state,
      checkedUntil: decision.checkedUntil,
      retry: decision.retry,
      ...(decision.run === null ? {} : { runningSince: now }),
    };
    if (decision.run === null) return;
    if (decision.run === "missed") this.#runLog.makingUp();
    this.#begin("backup", () => this.#runBackup(now, decision.retry?.failures ?? 0));
  }

  async #runBackup(startedAt: number, failuresBefore: number): Promise<void> {
    // Saved first: whatever stops the process now, the next one knows what is owed.
    await this.#saveQuietly();
    this.#runLog.started(startedAt);
    try {
      await this.#recordSuccess(startedAt, await this.#options.runBackup());
    } catch (error) {
      await this.#recordFailure(startedAt, failuresBefore, error);
    }
  }

  async #recordSuccess(startedAt: number, result: RunResult): Promise<void> {
    this.#state = {
      ...this.#state,
      runningSince: null,
      lastRun: startedAt,
      lastStatus: "成功",
      lastError: null,
      retry: null,
    };
    this.#runLog.succeeded(result);
    await this.#saveQuietly();
  }

  async #recordFailure(startedAt: number, failuresBefore: number, error: unknown): Promise<void> {
    const reason = failureReason(error);
    const now = this.#options.clock.now();
    if (isBusy(error)) {
      this.#runLog.postponed(reason);
      const retry = { at: now + BUSY_DELAY_MS, failures: failuresBefore };
      this.#state = { ...this.#state, runningSince: null, retry };
    } else {
      // Cut short by our own stop: `runningSince` stays, and the next start makes it up.
      if (this.#stop?.signal.aborted === true) return;
      this.#runLog.failed(error, reason);
      const isGivenUp = isAppError(error, "job.cancelled") || !this.#state.enabled;
      const retry = isGivenUp ? null : retryAfter(failuresBefore + 1, now);
      if (failuresBefore === RETRY_DELAYS_MS.length) this.#runLog.gaveUp(failuresBefore + 1);
      this.#state = { ...this.#state, ...failedAt(startedAt, reason), runningSince: null, retry };
    }
    await this.#saveQuietly();
  }

  #tickDrill(now: number): void {
    const { timeZone, configured: { drillSchedule } } = this.#options;
    const { drill } = this.#state;
    const decision = decide(now, { ...drill, schedule: drillSchedule || null, timeZone });
    const { checkedUntil } = decision;
    // The try itself settles the debt; only a busy lane makes another.
    const retry = decision.run === null ? decision.retry : null;
    this.#state = { ...this.#state, drill: { ...drill, checkedUntil, retry } };
    if (decision.run !== null) this.#begin("drill", () => this.#runDrill());
  }

  async #runDrill(): Promise<void> {
    await this.#saveQuietly();
    try {
      await this.#options.runDrill();
    } catch (error) {
      if (!isBusy(error)) {
        this.#options.log.error("drill.failed", { error });
        return;
      }
      const at = this.#options.clock.now() + BUSY_DELAY_MS;
      const drill = { ...this.#state.drill, retry: { at, failures: 0 } };
      this.#state = { ...this.#state, drill };
      await this.#saveQuietly();
    }
  }

  #begin(task: Task, work: () => Promise<void>): void {
    const run = work()
      .catch((error) => this.#options.log.error("scheduler.task_crashed", { error }))
      .finally(() => this.#running.delete(task));
    this.#running.set(task, run);
  }

  #warnOfSetBack(before: number, { checkedUntil }: Decision): void {
    if (checkedUntil >= before) return;
    this.#options.log.warn("scheduler.clock_set_back", {
      minutes: Math.round((before - checkedUntil) / 60_000),
    });
  }

  async #change(wanted: Partial<Configured>): Promise<SchedulerStatus> {
    await this.load();
    const { enabled, schedule, checkedUntil, retry } = this.#state;
    const isSame = (wanted.enabled ?? enabled) === enabled &&
      (wanted.schedule ?? schedule) === schedule;
    // Nothing was missed under a schedule that did not apply before now.
    const due = isSame ? {} : { checkedUntil: this.#options.clock.now() };
    this.#state = { ...this.#state, ...wanted, ...due };
    if (!this.#state.enabled) this.#state = { ...this.#state, retry: null };
    try {
      await this.#save();
    } catch (error) {
      this.#state = { ...this.#state, enabled, schedule, checkedUntil, retry };
      throw error;
    }
    return this.getStatus();
  }

  /** Writes the state as it is when its turn comes: the last write holds the last state. */
  #save(): Promise<void> {
    const write = () => writeState(this.#options.stateFile, this.#state);
    // An earlier write that failed was reported to whoever asked for it.
    this.#saving = this.#saving.catch(() => {}).then(write);
    return this.#saving;
  }

  /** A state that cannot be saved must not stop a backup from being made. */
  async #saveQuietly(): Promise<void> {
    try {
      await this.#save();
    } catch (error) {
      this.#options.log.error("scheduler.state_unsaved", { error });
    }
  }
}

function failedAt(startedAt: number, reason: Notice): Partial<SchedulerState> {
  return { lastRun: startedAt, lastStatus: "失败", lastError: reason };
}

/** Whether a run could not begin because something else is at work. */
function isBusy(error: unknown): boolean {
  return isAppError(error, "job.busy", "restore.in_progress");
}
