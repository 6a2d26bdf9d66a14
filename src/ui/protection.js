/**
 * Says in one sentence whether the library is safe. Pure: the same documents give the same sentence.
 *
 * @module
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * @typedef {object} Verdict
 * @property {"ok" | "warn" | "danger"} level
 * @property {string} key Key of the sentence in the tables of words.
 * @property {Record<string, any>} facts What the sentence needs; times are instants, sizes bytes.
 * @property {"create" | "schedule" | "backups" | "resolve" | "restore" | null} action What helps.
 */

/**
 * Judges from the worst to the best; the first that holds is said.
 *
 * @param {{stats: any, backups: any[], scheduler: any, jobs: any[], restore: any, now: number}} known
 * @returns {Verdict}
 */
export function judge({ stats, backups, scheduler, jobs, restore, now }) {
  const say = (level, key, facts = {}, action = null) => ({ level, key, facts, action });
  if (restore?.stuck) return say("danger", "status.stuck", { reason: restore.reason }, "resolve");
  if (restore?.pending) return say("warn", "status.restoring", { id: restore.backup_id });

  const database = stats.library?.database;
  if (database && database.state !== "ok") {
    const { state, detail } = database;
    const latest = stats.latest_verified?.backup_id ?? null;
    return say("danger", "status.database", { state, detail, latest }, "restore");
  }
  const failure = lastFailure(jobs, scheduler, stats);
  if (failure !== null) {
    return say("danger", "status.failed", { reason: failure.detail, code: failure.code }, "create");
  }
  if (backups.length === 0) return say("danger", "status.none", {}, "create");

  const verified = stats.latest_verified;
  if (verified === null) return say("danger", "status.unverified", {}, "create");
  const made = Date.parse(verified.created_at_utc);
  const unproven = failedDrill(stats, backups);
  if (unproven !== null) return say("danger", "status.drill_failed", { id: unproven }, "create");
  const newest = backups.find((one) => one.kind !== "snapshot");
  if (newest?.state === "damaged") return say("danger", "status.damaged", {}, "create");
  if (now - made > allowedAge(scheduler)) {
    return say("danger", "status.old", { since: made }, "create");
  }
  if (stats.free_bytes < stats.predicted_bytes + stats.reserve_bytes) {
    return say("danger", "status.space", {
      free: stats.free_bytes,
      needed: stats.predicted_bytes + stats.reserve_bytes,
    }, "backups");
  }
  if (newest?.shrunk) return say("warn", "status.shrunk", { id: newest.backup_id }, "backups");
  if (!scheduler.auto_backup_enabled) {
    return say("warn", "status.unscheduled", { since: made }, "schedule");
  }
  return say("ok", "status.ok", { since: made, next: scheduler.next_run });
}

/** The error of the newest run; `null` when it did not, or when something newer succeeded. */
function lastFailure(jobs, scheduler, stats) {
  const runs = jobs
    .filter((job) => job.kind === "create" && (job.state === "failed" || job.state === "done"))
    .sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  if (runs[0]?.state === "failed") return { detail: "", code: "", ...runs[0].error };
  if (runs.length > 0 || scheduler.last_status !== "失败") return null;
  const later = stats.latest_verified !== null && scheduler.last_run !== null &&
    Date.parse(stats.latest_verified.created_at_utc) > Date.parse(scheduler.last_run);
  return later ? null : { detail: scheduler.last_error ?? "", code: "" };
}

/**
 * The newest backup that failed its drill, until a newer one passes; `null` when there is none.
 *
 * Ids carry the time: they order backups even when one is deleted.
 */
function failedDrill({ last_drill: last }, backups) {
  const outcomes = backups.map((one) => one.drill).concat(last).filter(Boolean);
  const newestThat = (result) =>
    outcomes.filter((one) => one.result === result).map((one) => one.backup_id).sort().at(-1);
  const failed = newestThat("failed");
  return failed !== undefined && failed > (newestThat("passed") ?? "") ? failed : null;
}

/** How old the newest verified backup may be: two of the schedule's steps, at least 26 hours; 3 days by hand. */
function allowedAge(scheduler) {
  if (!scheduler.auto_backup_enabled || scheduler.next_run === null) return 3 * DAY;
  return Math.max(26 * HOUR, 2 * stepOf(scheduler.schedule));
}

/** The usual distance between two runs, read off the fields; close enough for an alarm. */
function stepOf(schedule) {
  const [, , day = "*", month = "*", weekday = "*"] = schedule.trim().split(/\s+/);
  if (month !== "*") return 366 * DAY;
  if (day !== "*" && !day.startsWith("*/")) return 31 * DAY / day.split(",").length;
  if (weekday !== "*" && weekday !== "?") return weekday.includes("-") ? 3 * DAY : 7 * DAY;
  return day.startsWith("*/") ? Number(day.slice(2)) * DAY : DAY;
}
