import { type Clock, offsetTime, parseUtcTime, utcTime } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import type { Jobs } from "../jobs/types.ts";
import type { BackupRecord } from "./backup_record.ts";
import type { Catalog } from "./catalog.ts";
import { readOwner } from "./own_library.ts";
import { endOfWaiting, planPruning, type PruningState } from "./plan_pruning.ts";
import { readPruningState, writePruningState } from "./pruning_state.ts";
import { decideRetention, ownBackups } from "./retention.ts";
import type { PendingRemoval, PruneResult, RetentionPreview } from "./retention_types.ts";

/** What pruning needs. */
export interface PruneServices {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a pruning after a backup did. */
export interface Pruned {
  readonly removed: readonly string[];
  /** What is over the count and stays for now. */
  readonly pending: PendingRemoval | null;
  readonly warnings: readonly Notice[];
}

/**
 * Removes what is over the count, after a backup was made; see {@linkcode planPruning}.
 *
 * A listing that fails, or that does not show the backup just made, removes nothing: it cannot be trusted. Whatever goes
 * wrong does not fail the backup, which is made and safe.
 *
 * @param newest Id of the backup just made.
 */
export async function pruneAfter(services: PruneServices, newest: string): Promise<Pruned> {
  const { catalog, clock, log } = services;
  try {
    const backups = await catalog.list();
    if (!backups.some(({ backup_id }) => backup_id === newest)) {
      log.warn("retention.list_incomplete", { backup_id: newest });
      return NOTHING_DONE;
    }
    const { decisions, own, libraryId } = await decide(services, backups);
    const now = clock.now();
    // Nothing is learnt from a clock that is in doubt.
    if (decisions.some(({ reason }) => reason === "clock")) return NOTHING_DONE;
    const state = await readPruningState(catalog.folder, libraryId);
    const plan = planPruning(own, decisions, state, { now, madeNow: 1 });
    const removed = await removeAll(services, plan.remove);
    const isWaiting = Object.keys(plan.waiting).length > 0;
    const next = { pruned_at: isWaiting ? state.pruned_at : utcTime(now), waiting: plan.waiting };
    await writePruningState(catalog.folder, libraryId, next)
      .catch((error) => log.warn("retention.state_unsaved", { error }));
    const pending = describePending(backups, next, Object.keys(plan.waiting));
    return { removed, pending, warnings: pending === null ? [] : [warnOf(pending, services)] };
  } catch (error) {
    // Tried again after the next backup.
    log.error("retention.failed", { error });
    return NOTHING_DONE;
  }
}

/** Tells of every backup whether it stays, and what waits to be removed. */
export async function previewPruning(services: PruneServices): Promise<RetentionPreview> {
  const { catalog, clock } = services;
  const backups = await catalog.list();
  const { decisions, own, libraryId } = await decide(services, backups);
  const state = await readPruningState(catalog.folder, libraryId);
  const { waiting } = planPruning(own, decisions, state, { now: clock.now(), madeNow: 0 });
  return {
    backups: decisions.map((decision) => ({
      ...decision,
      waits_until: decision.backup_id in waiting ? endOfWaiting(state, [decision.backup_id]) : null,
    })),
    pending: describePending(backups, state, Object.keys(waiting)),
  };
}

/**
 * Removes at once what a person has seen and agreed to: of `backupIds`, those that are over the count.
 *
 * @returns What was removed, and what was not because it is to be kept by now, or is gone.
 */
export async function confirmPruning(
  services: PruneServices,
  backupIds: readonly string[],
): Promise<PruneResult> {
  const { decisions } = await decide(services, await services.catalog.list());
  const over = decisions.filter(({ action }) => action === "delete").map((one) => one.backup_id);
  const removed = await removeAll(services, over.filter((id) => backupIds.includes(id)).reverse());
  return { removed, kept: backupIds.filter((id) => !removed.includes(id)) };
}

const NOTHING_DONE: Pruned = { removed: [], pending: null, warnings: [] };

async function decide(
  { config, jobs, clock }: PruneServices,
  backups: readonly BackupRecord[],
) {
  const { id: libraryId } = await readOwner(config);
  const decisions = decideRetention(backups, {
    retentionCount: config.backup.retentionCount,
    snapshotRetentionCount: config.backup.snapshotRetentionCount,
    inUse: await jobs.inUse(),
    now: clock.now(),
    libraryId,
  });
  return { decisions, own: ownBackups(backups, libraryId), libraryId };
}

/** @returns The ids that are gone. */
async function removeAll(
  { catalog, log }: PruneServices,
  ids: readonly string[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const id of ids) {
    try {
      // One that may be another file by now is not what the decision was about.
      const { changed, kind, pinned } = await catalog.settle(id);
      if (changed || pinned || kind === "uploaded") continue;
      await catalog.remove(id);
      removed.push(id);
      log.info("retention.removed", { backup_id: id });
    } catch (error) {
      // One that cannot be deleted must not fail the backup that was just made.
      log.error("retention.remove_failed", { backup_id: id, error });
    }
  }
  return removed;
}

function describePending(
  backups: readonly BackupRecord[],
  state: PruningState,
  ids: readonly string[],
): PendingRemoval | null {
  if (ids.length === 0) return null;
  const waiting = backups.filter(({ backup_id }) => ids.includes(backup_id));
  return {
    backup_ids: waiting.map(({ backup_id }) => backup_id),
    bytes: waiting.reduce((sum, { file_size }) => sum + file_size, 0),
    removes_at: endOfWaiting(state, ids),
  };
}

function warnOf(pending: PendingRemoval, { config }: PruneServices): Notice {
  const at = parseUtcTime(pending.removes_at ?? "");
  return noticeOf(
    new AppError("backup.removal_waits", {
      count: pending.backup_ids.length,
      removes_at: at === null ? null : offsetTime(at, config.timeZone),
    }),
  );
}
