import type { Notice } from "../base/messages/mod.ts";
import { PARTS } from "../config/types.ts";
import { isAhead, isClockDoubtful } from "./ahead.ts";
import type { BackupRecord } from "./backup_record.ts";
import type { RetentionDecision } from "./retention_types.ts";

/** What retention goes by. */
export interface RetentionRules {
  /** How many `manual` and `auto` backups stay, together. */
  readonly retentionCount: number;
  /** How many snapshots stay. */
  readonly snapshotRetentionCount: number;
  /** Backups that a running job uses. */
  readonly inUse: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whose backups may go; `null`: those that bear no name. */
  readonly libraryId: string | null;
}

const REASONS = {
  clock: {
    zh: "系统时钟早于最新的备份，不清理任何备份",
    en: "the clock is earlier than the newest backup, so nothing is removed",
  },
  pinned: { zh: "已固定", en: "pinned" },
  uploaded: { zh: "上传的备份不自动清理", en: "uploaded backups are never removed by themselves" },
  other_library: {
    zh: "不是本书库的备份，不清理",
    en: "not this library's, so never removed",
  },
  changed: {
    zh: "制作之后被改动过，不自动清理",
    en: "changed since it was made, so never removed by itself",
  },
  future: {
    zh: "时间晚于现在，不计入保留数量，也不自动清理",
    en: "dated after now: outside the number to keep, and never removed by itself",
  },
  in_use: { zh: "正在使用", en: "in use by a job" },
  newest_verified: { zh: "最新的已验证备份", en: "the newest verified backup" },
  newest_complete: {
    zh: "最新的完整备份；之后的备份都有未能备份的文件",
    en: "the newest complete backup; something is missing from every later one",
  },
  damaged: { zh: "已损坏，暂不清理", en: "damaged; kept while newer good ones are few" },
  within_count: { zh: "在保留数量之内", en: "within the number to keep" },
  over_count: { zh: "超过保留数量", en: "over the number to keep" },
  snapshot_within_count: { zh: "在快照保留数量之内", en: "within the number of snapshots to keep" },
  snapshot_over_count: { zh: "超过快照保留数量", en: "over the number of snapshots to keep" },
} as const satisfies Record<string, Notice>;

type Reason = keyof typeof REASONS;

/**
 * Decides for every backup whether it stays, and why. Pure: nothing is deleted here.
 *
 * Only this library's own are counted: `manual` and `auto` together, snapshots apart. Never removed: uploaded and pinned backups, one in use, one that
 * changed since it was made, the newest verified one, and while something is missing from that, the newest one that is
 * complete. Pinned and damaged backups take up no place of a good one, nor does one dated after now, which stays.
 * Nothing is removed while the clock itself is in doubt.
 *
 * @param backups Newest first.
 */
export function decideRetention(
  backups: readonly BackupRecord[],
  rules: RetentionRules,
): RetentionDecision[] {
  const { now } = rules;
  const made = ownBackups(backups, rules.libraryId);
  const clockIsWrong = isClockDoubtful(made, now);
  const verified = made.filter((backup) => isKnownWhole(backup, now));
  const newest = { verified: verified[0], complete: newestComplete(verified) };
  const kept = { ordinary: 0, snapshot: 0 };
  return backups.map((backup) => {
    const reason = clockIsWrong ? "clock" : reasonFor(backup, rules, newest, kept);
    return {
      backup_id: backup.backup_id,
      action: reason.endsWith("over_count") ? "delete" : "keep",
      reason,
      detail: REASONS[reason],
      file_size: backup.file_size,
    };
  });
}

/** What this library made of itself: all that retention counts. */
export function ownBackups(
  backups: readonly BackupRecord[],
  libraryId: string | null,
): BackupRecord[] {
  return backups.filter(({ kind, library_id }) => kind !== "uploaded" && library_id === libraryId);
}

/** For each part of which the newest backup lacks something: the newest one that lacks nothing. */
function newestComplete(verified: readonly BackupRecord[]): ReadonlySet<BackupRecord> {
  const complete = new Set<BackupRecord>();
  for (const part of PARTS) {
    const holders = verified.filter(({ includes }) => includes.includes(part));
    const whole = holders.find(({ incomplete }) => !incomplete);
    if (holders[0]?.incomplete && whole !== undefined) complete.add(whole);
  }
  return complete;
}

/** The newest backup, no snapshot, that is known to be whole. @param backups Newest first. */
export function findNewestVerified(
  backups: readonly BackupRecord[],
  now: number,
): BackupRecord | undefined {
  return backups.find((backup) => isKnownWhole(backup, now));
}

function isKnownWhole(backup: BackupRecord, now: number): boolean {
  return backup.kind !== "snapshot" && backup.verified_at !== null && backup.state === "ok" &&
    !isAhead(backup, now);
}

/** Which of the two counts a backup falls under. */
export function lineOf({ kind }: Pick<BackupRecord, "kind">): "ordinary" | "snapshot" {
  return kind === "snapshot" ? "snapshot" : "ordinary";
}

function reasonFor(
  backup: BackupRecord,
  rules: RetentionRules,
  newest: {
    readonly verified: BackupRecord | undefined;
    readonly complete: ReadonlySet<BackupRecord>;
  },
  kept: { ordinary: number; snapshot: number },
): Reason {
  if (backup.pinned) return "pinned";
  if (backup.kind === "uploaded") return "uploaded";
  if (backup.library_id !== rules.libraryId) return "other_library";
  if (backup.changed) return "changed";
  if (isAhead(backup, rules.now)) return "future";
  const line = lineOf(backup);
  const limit = line === "snapshot" ? rules.snapshotRetentionCount : rules.retentionCount;
  const within = kept[line] < limit;
  if (within && backup.state === "ok") kept[line] += 1;
  if (rules.inUse.has(backup.backup_id)) return "in_use";
  if (backup === newest.verified) return "newest_verified";
  if (newest.complete.has(backup)) return "newest_complete";
  if (within && backup.state === "damaged") return "damaged";
  if (line === "snapshot") return within ? "snapshot_within_count" : "snapshot_over_count";
  return within ? "within_count" : "over_count";
}
