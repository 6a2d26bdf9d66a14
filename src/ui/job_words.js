/** Words for jobs: what they do, where they stand, what to do after a failure. @module */
import { formatBytes, formatDuration } from "./format.js";
import { has, t } from "./i18n/mod.js";

/** @param {{kind: string}} job @returns {string} Such as `Backup`. */
export const jobTitle = (job) => t(`job.kind.${job.kind}`);

/** @param {string} phase @returns {string} Words for a phase; its own name when there are none. */
export function phaseWords(phase) {
  const key = `job.phase.${phase}`;
  return has(key) ? t(key) : phase.replaceAll("_", " ");
}

/** @param {Record<string, any>} job @returns {string} Bytes, rate and what is left, as far as known. */
export function progressWords(job) {
  const words = [];
  if (job.total_bytes) {
    words.push(t("job.bytes_of", {
      done: formatBytes(job.done_bytes),
      total: formatBytes(job.total_bytes),
    }));
  } else if (job.done_bytes > 0) words.push(formatBytes(job.done_bytes));
  if (job.bytes_per_second) words.push(`${formatBytes(job.bytes_per_second)}/s`);
  if (job.eta_seconds !== null && job.eta_seconds !== undefined) {
    words.push(t("job.eta", { time: formatDuration(job.eta_seconds) }));
  }
  return words.join(" · ");
}

/** @param {Record<string, any>} job A job that ended. @returns {string} One sentence. */
export function describeJobEnd(job) {
  const kind = jobTitle(job);
  if (job.state === "done") return t("job.done", { kind });
  if (job.state === "cancelled") return t("job.cancelled", { kind });
  if (job.error?.code === "job.lost") return t("job.lost", { kind });
  return t("job.failed", { kind, reason: job.error?.detail ?? "" });
}

/** What the server's sentence already says how to cure; saying it twice makes nobody read it once. */
const CURE_IS_SAID =
  /^(space|upload|archive|storage\.(full|missing|permission|read_only)|database\.(?!timeout)|backup\.(verify|store))/;

/** @param {Record<string, any>} job A job that failed. @returns {string} What to do now, when its error does not say it. */
export function adviceFor(job) {
  if (job.kind === "restore" || job.kind === "undo") return t("advice.restore");
  const code = job.error?.code ?? "";
  if (/^job\.(lost|interrupted)/.test(code)) return t("advice.lost");
  return CURE_IS_SAID.test(code) ? "" : t("advice.other");
}
