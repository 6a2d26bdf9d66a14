import { AppError, isAppError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import { utcTime } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config, Part } from "../config/types.ts";
import type { JobContext, Jobs, StartedJob } from "../jobs/types.ts";
import type { ConfigTools, RestoreHost } from "../restore/host.ts";
import type { Journal } from "../restore/journal.ts";
import { findPending, type Pending, recover, resolvePending } from "../restore/recover.ts";
import { runRestore } from "../restore/run.ts";
import type { Catalog } from "./catalog.ts";
import { previewRestore } from "./preview.ts";
import { becomeRestored, type LabelledOrder, restoreOrder } from "./restore_order.ts";
import { showUpgrade } from "./show_upgrade.ts";
import { RestoreWatch } from "./restore_watch.ts";
import type {
  RestorePreview,
  RestoreRequest,
  RestoreResult,
  RestoreStatus,
  UndoRequest,
} from "./types.ts";
import { undoOrder } from "./undo.ts";

/** What a {@linkcode Restorer} needs. */
export interface RestorerServices {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly catalog: Catalog;
  readonly configTools: ConfigTools;
  /** Makes the backup of the old state, labelled `恢复前快照 (before restore <id>)`; `null`: nothing to save. */
  readonly takeSnapshot: (
    context: JobContext,
    request: { restoring: string; parts: readonly Part[]; libraryId: string | null },
  ) => Promise<{ backupId: string; raw: boolean; warnings: readonly Notice[] } | null>;
  /** Runs work with the lane held; rejects with `job.busy` when another job, in any process, holds it. */
  readonly withLane: <Result>(
    work: () => Promise<Result>,
    options?: { brief?: boolean },
  ) => Promise<Result>;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly lockTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  /** Ends the process when SQLite cannot be stopped any more; default `Deno.exit(70)`. */
  readonly endProcess?: () => void;
}

/** Restores, undoes, previews, and completes what was interrupted. */
export class Restorer {
  readonly #services: RestorerServices;
  readonly #host: RestoreHost;
  #status: RestoreStatus = NO_RESTORE;
  #attempts = 0;
  #nextTryAt = 0;
  #isWatching = false;
  /** How many calls here work on a restore just now. */
  #working = 0;
  /** How many of those are jobs: what they do is told as such, and they hold the lane. */
  #restoring = 0;

  constructor(services: RestorerServices) {
    this.#services = services;
    this.#host = {
      config: services.config,
      clock: services.clock,
      log: services.log,
      configTools: services.configTools,
      sleep: services.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
      lockTimeoutMs: services.lockTimeoutMs,
      stallTimeoutMs: services.stallTimeoutMs,
      endProcess: services.endProcess ?? (() => Deno.exit(EXIT_STALLED)),
      isTriedAgain: () => this.#isWatching,
      onJournal: (journal) => this.#hear(journal),
      release: (journal) => this.#release(journal),
    };
  }

  /**
   * Tells what a restore would change and why it would be refused. Changes nothing and needs no lane.
   *
   * @throws {AppError} `backup.not_found`, `backup.part_missing`, `restore.invalid_backup`
   */
  async preview(request: RestoreRequest): Promise<RestorePreview> {
    const order = await restoreOrder(this.#services, request);
    return await previewRestore(this.#services, order, request.signal);
  }

  /**
   * Starts a restore.
   *
   * @throws {AppError} `backup.not_found`, `job.busy`, `restore.in_progress`; the job's result rejects with what
   * {@linkcode runRestore} throws.
   */
  async start(request: RestoreRequest): Promise<StartedJob<RestoreResult>> {
    const order = await restoreOrder(this.#services, request);
    return await this.#startJob("restore", order, request);
  }

  /**
   * Restores the snapshot of the last restore.
   *
   * @throws {AppError} `restore.nothing_to_undo`, `job.busy`, `restore.in_progress`
   */
  async undo(request: UndoRequest): Promise<StartedJob<RestoreResult>> {
    const order = await undoOrder(this.#services, request);
    return await this.#startJob("undo", order, request);
  }

  /**
   * Follows a person's decision about a restore that cannot get on by itself.
   *
   * @throws {AppError} `restore.not_pending`, `job.busy`
   */
  async resolve(
    request: { action: "resume" | "rollback"; actor: string },
  ): Promise<RestoreStatus> {
    const { log, withLane } = this.#services;
    log.warn("restore.resolving", { action: request.action, actor: request.actor });
    const pending = await this.#exclusively(() =>
      withLane(() => resolvePending(this.#host, request.action))
    );
    this.#attempts = 0;
    this.#show(pending);
    return this.#status;
  }

  /** Whether a restore is being completed; answers from memory. */
  status(): RestoreStatus {
    return this.#status;
  }

  /**
   * Why no job may start and nothing may be written now, as far as is known; `null` when it may.
   *
   * Closed until a restore that was interrupted is completed, whoever completes it.
   */
  gate(): AppError | null {
    if (!this.#status.pending || this.#restoring > 0) return null;
    const { reason, next_try_at } = this.#status;
    return new AppError("restore.in_progress", {
      ...reason === null ? {} : { reason },
      ...next_try_at === null ? {} : { next_try_at },
    });
  }

  /** {@linkcode gate} after a fresh look at the journal: another process may have left one behind a moment ago. */
  async askGate(): Promise<AppError | null> {
    if (this.#working === 0) {
      const pending = await this.#find({ markers: this.#status.pending });
      // Whoever began meanwhile knows better.
      if (this.#working === 0) this.#show(pending);
    }
    return this.gate();
  }

  /** Looks for an unfinished restore without touching it, so that {@linkcode status} is true before anything starts. */
  async look(): Promise<RestoreStatus> {
    this.#show(await this.#find());
    return this.#status;
  }

  /**
   * Completes or forgets an interrupted restore: one attempt. Before anything else at start.
   *
   * Never throws over the restore itself: what stays is in {@linkcode status}, and {@linkcode watch} goes on trying.
   * Held by another process, the lane is left alone: that process sees to it.
   */
  async recover(): Promise<void> {
    const { log, withLane } = this.#services;
    // Usually there is nothing to complete, and a backup asked for at once only has to wait a moment.
    const brief = !this.#status.pending;
    let pending: Pending;
    try {
      pending = await this.#exclusively(() => withLane(() => recover(this.#host), { brief }));
    } catch (error) {
      if (!isAppError(error, "job.busy")) log.error("restore.look_failed", { error });
      pending = await this.#find();
    }
    if (isWaiting(pending)) this.#planNextTry();
    this.#show(pending);
  }

  /**
   * Watches the journal: one that another process left unfinished is completed here, and while another
   * process restores, this one answers so.
   *
   * @param everyMs Between looks.
   */
  watch(everyMs = 1000): Disposable {
    this.#isWatching = true;
    return new RestoreWatch(() => this.#tick(), everyMs, this.#services.log);
  }

  async #tick(): Promise<void> {
    if (this.#working > 0) return;
    // A marker without a journal is looked for only where one was found: it means listing every cover.
    const markers = this.#status.pending;
    const pending = await this.#find({ markers });
    if (this.#working > 0) return;
    if (pending.kind !== "journal" && pending.kind !== "missing") return this.#show(pending);
    if (this.#services.clock.elapsed() < this.#nextTryAt) return;
    await this.recover();
  }

  /** A journal that cannot even be looked for counts as one: writing waits until it can. */
  async #find(options: { markers?: boolean } = {}): Promise<Pending> {
    try {
      return await findPending(this.#host, options);
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { kind: "missing", reason: noticeOf(error) };
    }
  }

  async #startJob(
    kind: "restore" | "undo",
    order: LabelledOrder,
    request: { actor: string; signal?: AbortSignal },
  ): Promise<StartedJob<RestoreResult>> {
    const options = { kind, actor: request.actor, backupId: order.backupId };
    const signal = request.signal === undefined ? {} : { signal: request.signal };
    return await this.#services.jobs.start(
      { ...options, ...signal },
      (context) =>
        this.#exclusively(async () => {
          this.#restoring += 1;
          try {
            return await this.#run(order, context, request.actor);
          } finally {
            this.#show(await this.#find());
            this.#restoring -= 1;
          }
        }),
    );
  }

  async #run(order: LabelledOrder, context: JobContext, actor: string): Promise<RestoreResult> {
    const { catalog, takeSnapshot, log } = this.#services;
    log.info("restore.started", { backup_id: order.backupId, job_id: context.jobId, actor });
    const saving: Notice[] = [];
    const { plan, snapshotId, restartRequired, upgrade, warnings, report } = await runRestore(
      order,
      this.#host,
      {
        jobId: context.jobId,
        actor,
        signal: context.signal,
        commit: () => context.commit(),
        phase: (name, total) => context.phase(name, total),
        advance: (bytes) => context.advance(bytes),
        reach: (done, total) => context.reach(done, total),
        warn: (notice) => context.warn(notice),
        takeSnapshot: async (parts) => {
          const { restoring, becomes: libraryId } = order;
          const taken = await takeSnapshot(context, { restoring, parts, libraryId });
          if (taken === null) return null;
          const { backupId, raw } = taken;
          saving.push(...taken.warnings);
          return { backupId, raw, archive: catalog.zipPath(backupId) };
        },
        onSnapshot: async ({ backupId }) => void await catalog.update(backupId, { pinned: true }),
      },
    );
    for (const warning of report.warnings) context.warn(warning);
    log.info("restore.completed", {
      backup_id: order.backupId,
      restored: plan.parts,
      snapshot_id: snapshotId,
    });
    return {
      success: true,
      backup_id: order.backupId,
      restored: plan.parts,
      snapshot_id: snapshotId,
      restart_required: restartRequired,
      library_restart_recommended: plan.parts.includes("database"),
      schema_upgrade: upgrade === null ? null : showUpgrade(upgrade),
      warnings: [...warnings, ...saving, ...report.warnings],
      kept: report.kept,
    };
  }

  /** While this process works on a restore itself, neither the watch nor the gate interferes. */
  async #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
    }
  }

  #hear(journal: Journal | null): void {
    if (journal === null) return this.#show({ kind: "none" });
    const binding = ["committed", "applied", "abandoning", "rolling_back"].includes(journal.state);
    this.#show({ kind: "journal", journal, binding });
  }

  #show(pending: Pending): void {
    if (pending.kind === "none") {
      this.#attempts = 0;
      this.#status = NO_RESTORE;
      return;
    }
    const journal = pending.kind === "missing" ? null : pending.journal;
    const reason = pending.kind === "journal" ? journal?.lastError ?? null : pending.reason;
    this.#status = {
      pending: pending.kind !== "journal" || pending.binding,
      state: journal?.state ?? null,
      backup_id: journal?.backupId ?? null,
      reason,
      next_try_at: this.#working === 0 && isWaiting(pending) ? this.#tellNextTry() : null,
      stuck: pending.kind === "stuck",
    };
  }

  /** After an attempt that did not get it done. Doubles from a second to a minute. */
  #planNextTry(): void {
    const wait = Math.min(1000 * 2 ** this.#attempts, MAX_WAIT_MS);
    this.#attempts += 1;
    this.#nextTryAt = this.#services.clock.elapsed() + wait;
  }

  #tellNextTry(): string {
    const { clock } = this.#services;
    return utcTime(clock.now() + Math.max(0, this.#nextTryAt - clock.elapsed()));
  }

  /** Lets go of the snapshot that was pinned for the restore, and tells an empty library who it is now. */
  async #release(journal: Journal): Promise<void> {
    const { catalog, config, log } = this.#services;
    try {
      if (journal.snapshot !== null) {
        await catalog.update(journal.snapshot.backupId, { pinned: false });
      }
    } catch (error) {
      // The folder of backups may be away: a snapshot that stays pinned is only in nobody's way.
      if (!isAppError(error)) throw error;
      log.warn("restore.snapshot_still_pinned", { error });
    }
    try {
      await becomeRestored({ config, catalog }, journal);
    } catch (error) {
      // It is made anew at the next backup, and its backups are told apart from those before.
      if (!isAppError(error)) throw error;
      log.warn("restore.identity_not_taken_over", { error });
    }
  }
}

/** It was tried, or cannot be yet: it is tried again and again. */
function isWaiting(pending: Pending): boolean {
  return pending.kind === "missing" ||
    (pending.kind === "journal" && pending.journal.lastError !== null);
}

const NO_RESTORE: RestoreStatus = {
  pending: false,
  state: null,
  backup_id: null,
  reason: null,
  next_try_at: null,
  stuck: false,
};

const MAX_WAIT_MS = 60_000;
/** EX_SOFTWARE of sysexits.h: a supervisor starts the service again, and it completes the restore. */
const EXIT_STALLED = 70;
