import { parseUtcTime } from "../base/clock.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { BackupRecord } from "./backup_record.ts";

/** A clock that is corrected by seconds makes no backup strange. */
const TOLERANCE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** What the time of a backup is judged by. */
export type Dated = Pick<BackupRecord, "created_at_utc">;

/** Tells whether a backup is dated after now, so that its date means nothing. */
export function isAhead({ created_at_utc }: Dated, now: number): boolean {
  return (parseUtcTime(created_at_utc) ?? now) > now + TOLERANCE_MS;
}

/**
 * Tells whether it is rather the clock that is wrong: most backups are dated after now, or one is by less than a day.
 *
 * A clock that was set back a little has caught up within that day. One that fell back by years, as without a battery,
 * finds nearly everything ahead of it. A single backup of another decade says nothing about the clock.
 */
export function isClockDoubtful(backups: readonly Dated[], now: number): boolean {
  const ahead = backups.filter((backup) => isAhead(backup, now));
  return ahead.length * 2 > backups.length ||
    ahead.some((backup) => !isAhead(backup, now + DAY_MS));
}

/** Says which backups are dated after now; nothing when none is. */
export function aheadWarnings(backups: readonly BackupRecord[]): Notice[] {
  const ahead = backups.filter(({ future }) => future).map(({ backup_id }) => backup_id);
  if (ahead.length === 0) return [];
  const [shown, more] = [ahead.slice(0, 5).join(", "), ahead.length > 5 ? " …" : ""];
  return [{
    zh:
      `有 ${ahead.length} 个备份的时间晚于现在，可能是在系统时钟错误时创建的，不计入最新备份，也不会自动清理: ${shown}${more}`,
    en:
      `${ahead.length} backups are dated after now, perhaps made under a wrong clock; they count for nothing that goes by age and are never removed by themselves: ${shown}${more}`,
  }];
}
