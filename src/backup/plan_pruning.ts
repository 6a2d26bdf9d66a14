import { parseUtcTime, utcTime } from "../base/clock.ts";
import { isAhead } from "./ahead.ts";
import type { BackupRecord } from "./backup_record.ts";
import { lineOf } from "./retention.ts";
import type { RetentionDecision } from "./retention_types.ts";

/** What is remembered from one pruning to the next. */
export interface PruningState {
  /** When one last left nothing waiting; `null` before any. UTC. */
  readonly pruned_at: string | null;
  /** Backups that are over the count and stay for now, with the time since when; UTC. */
  readonly waiting: Readonly<Record<string, string>>;
}

/** What a pruning does. */
export interface PruningPlan {
  /** Oldest first. */
  readonly remove: readonly string[];
  /** What is over the count and stays for now, with the time since when. */
  readonly waiting: Readonly<Record<string, string>>;
}

/** A day, less what one run may be quicker than the one before: a daily one removes what waits on the next day. */
const WAIT_MS = 23.5 * 3_600_000;

/**
 * Decides which of the backups that are over the count go now.
 *
 * A pruning takes as many as were made since the last one. More than that, as after a smaller count or a folder of
 * backups copied in, is somebody's doing and perhaps not what was meant: those stay for a day, told to whoever looks,
 * or until a person agrees. Snapshots are compared apart, as they are counted.
 *
 * @param backups This library's own, newest first.
 * @param options `madeNow`: how many this run made.
 */
export function planPruning(
  backups: readonly BackupRecord[],
  decisions: readonly RetentionDecision[],
  state: PruningState,
  { now, madeNow }: { now: number; madeNow: number },
): PruningPlan {
  const over = new Set(
    decisions.filter(({ action }) => action === "delete").map(({ backup_id }) => backup_id),
  );
  const due = backups.filter(({ backup_id }) => over.has(backup_id));
  const prunedAt = lastPruning(backups, state, now);
  const remove: string[] = [];
  const waiting: Record<string, string> = {};
  for (const line of ["ordinary", "snapshot"] as const) {
    const inLine = due.filter((backup) => lineOf(backup) === line);
    const fresh = inLine.filter(({ backup_id }) => !isRipe(state.waiting[backup_id], now));
    const made = backups.filter((backup) =>
      lineOf(backup) === line && !isAhead(backup, now) &&
      (parseUtcTime(backup.created_at_utc) ?? -Infinity) >= prunedAt
    ).length;
    const allowed = line === "ordinary" ? Math.max(madeNow, made) : made;
    const held = fresh.length > allowed ? fresh : [];
    for (const { backup_id } of held) {
      waiting[backup_id] = sinceOf(state.waiting[backup_id], now) ?? utcTime(now);
    }
    remove.push(
      ...inLine.filter((one) => !held.includes(one)).map(({ backup_id }) => backup_id),
    );
  }
  return { remove: remove.reverse(), waiting };
}

/** When the first of those that wait may go by themselves; `null`: not before the next pruning has seen them. */
export function endOfWaiting(state: PruningState, ids: readonly string[]): string | null {
  const ends = ids.map((id) => parseUtcTime(state.waiting[id] ?? ""));
  const known = ends.filter((end) => end !== null);
  return known.length === 0 ? null : utcTime(Math.min(...known) + WAIT_MS);
}

function isRipe(since: string | undefined, now: number): boolean {
  const at = sinceOf(since, now);
  return at !== null && now - (parseUtcTime(at) ?? now) >= WAIT_MS;
}

/** A time after now was written under another clock: the waiting begins anew. */
function sinceOf(since: string | undefined, now: number): string | null {
  const at = parseUtcTime(since ?? "");
  return since === undefined || at === null || at > now ? null : since;
}

/** When the last pruning was; where nothing is remembered of it, after the backup before the newest. */
function lastPruning(backups: readonly BackupRecord[], state: PruningState, now: number): number {
  const remembered = parseUtcTime(state.pruned_at ?? "");
  if (remembered !== null && remembered <= now) return remembered;
  const before =
    backups.filter((backup) => lineOf(backup) === "ordinary" && !isAhead(backup, now))[1];
  return (parseUtcTime(before?.created_at_utc ?? "") ?? -Infinity) + 1;
}
