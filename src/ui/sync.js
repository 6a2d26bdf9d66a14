/**
 * Keeps what is in sight true: asks for jobs every few seconds, for the rest every minute and after each change,
 * follows running jobs by their events, and tells the other tabs.
 *
 * @module
 */
import { api, OfflineError } from "./api.js";
import { readJobEvents } from "./events.js";
import { describeJobEnd } from "./job_words.js";
import { currentToken, keepRestoreToken, restoreAccess } from "./session.js";
import { announce, setState, state } from "./store.js";

const JOBS_EVERY_MS = 3000;
const REST_EVERY_MS = 60_000;

/** How long a success stays in sight; a failure stays until someone has read it. */
const DONE_SHOWN_MS = 20_000;

/** Jobs that this tab saw running: their end is worth showing. Kept so that a reload misses none. */
const watched = new Set(readIds("shuku.watched"));
const dismissed = new Set(readIds("shuku.dismissed"));
const following = new Map();
const endings = new Set();
const otherTabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("shuku") : null;

let timer = 0;
let lastRest = 0;

/** Starts the clockwork; call once. */
export function startSync() {
  otherTabs?.addEventListener("message", () => void refresh());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void beat();
  });
  addEventListener("online", () => void beat());
  void beat();
}

async function beat() {
  clearTimeout(timer);
  if (currentToken() !== null && !restoreAccess()?.alone) {
    try {
      if (isAllDue()) await loadEverything();
      else await loadJobs();
    } catch (error) {
      if (!state.loaded && !(error instanceof OfflineError)) setState({ loadError: error });
    }
  }
  clearTimeout(timer);
  timer = setTimeout(beat, document.hidden ? JOBS_EVERY_MS * 5 : JOBS_EVERY_MS);
}

/** A restore that is being completed may need a decision at any moment. */
function isAllDue() {
  return Date.now() - lastRest > REST_EVERY_MS || !state.online || !state.loaded ||
    state.restore?.pending === true;
}

/** Loads everything now; errors are shown by the views, not thrown. */
export async function refresh() {
  lastRest = 0;
  await beat();
}

/** Loads everything here and asks the other tabs to do the same. Call after each change. */
export async function changed() {
  otherTabs?.postMessage("changed");
  await refresh();
}

async function loadEverything() {
  lastRest = Date.now();
  const [stats, list, scheduler] = await Promise.all([
    api.stats(),
    api.list(),
    api.scheduler(),
    loadJobs(),
    loadRestore(),
  ]);
  const { backups, not_shown: notShown = [] } = list;
  setState({ stats, backups, notShown, scheduler, loaded: true, loadError: null });
}

async function loadJobs() {
  const jobs = await api.jobs();
  const known = new Set(jobs.map((job) => job.job_id));
  // A job that ran when last seen and is no longer known ended with the server that ran it.
  for (const job of state.jobs) {
    if (job.state === "running" && !known.has(job.job_id)) {
      jobs.push({ ...job, state: "failed", error: { code: "job.lost", detail: "" } });
    }
  }
  setState({ jobs });
  for (const job of jobs) notice(job);
}

async function loadRestore() {
  const [restore, health] = await Promise.all([api.restoreStatus(), api.health()]);
  const warning = health.status === "warning" ? health.reason ?? "" : "";
  setState({ restore, warning, version: health.version ?? "" });
}

/** Takes note of one state of a job: follows it while it runs, shows its end once. */
function notice(job) {
  if (job.state === "running") {
    watched.add(job.job_id);
    writeIds("shuku.watched", watched);
    if (!following.has(job.job_id)) void follow(job.job_id);
  } else if (watched.has(job.job_id) && !endings.has(job.job_id)) {
    endings.add(job.job_id);
    if (!dismissed.has(job.job_id)) announce(describeJobEnd(job));
    if (job.state === "done") setTimeout(() => dismissJob(job.job_id), DONE_SHOWN_MS);
    void refresh();
  }
}

async function follow(jobId) {
  const controller = new AbortController();
  following.set(jobId, controller);
  try {
    await readJobEvents(jobId, (job) => {
      put(job);
      if (job.state !== "running") notice(job);
    }, controller.signal);
  } catch {
    // The stream broke: the next question about jobs tells how it stands and follows again.
  } finally {
    following.delete(jobId);
  }
}

function put(job) {
  const rest = state.jobs.filter((one) => one.job_id !== job.job_id);
  setState({ jobs: [job, ...rest] });
}

/**
 * Takes a job that was just started here into sight, before the server is asked again.
 *
 * @param {{job_id: string, restore_token?: string}} started The 202 answer.
 */
export function jobStarted(started) {
  keepRestoreToken(started);
  watched.add(started.job_id);
  writeIds("shuku.watched", watched);
  if (!following.has(started.job_id)) void follow(started.job_id);
  otherTabs?.postMessage("changed");
}

/** The jobs to show in the panel: running ones and ends that nobody has dismissed. */
export function jobsInSight() {
  return state.jobs.filter((job) =>
    !dismissed.has(job.job_id) && (job.state === "running" || watched.has(job.job_id))
  ).slice(0, 4);
}

/** @param {string} jobId */
export function dismissJob(jobId) {
  dismissed.add(jobId);
  writeIds("shuku.dismissed", dismissed);
  setState({});
}

/** Forgets everything that belongs to the session that ended. */
export function forget() {
  for (const controller of following.values()) controller.abort();
  lastRest = 0;
  setState({
    loaded: false,
    loadError: null,
    stats: null,
    backups: [],
    notShown: [],
    warning: "",
    scheduler: null,
    jobs: [],
    restore: null,
    lack: null,
  });
}

function readIds(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    return []; // Blocked or damaged storage: nothing is remembered.
  }
}

function writeIds(key, ids) {
  try {
    sessionStorage.setItem(key, JSON.stringify([...ids].slice(-50)));
  } catch {
    // Storage is blocked: memory alone remembers.
  }
}
