/**
 * Uploads archives, one after the other. `XMLHttpRequest`, because `fetch` cannot tell how much has been sent.
 *
 * @module
 */
import { ApiError, apiUrl, headers, noteSilence } from "./api.js";
import { t } from "./i18n/mod.js";
import { currentToken, endSession } from "./session.js";
import { isLackOfSpace, offerSpace } from "./space.js";
import { setState, state, toast } from "./store.js";
import { changed } from "./sync.js";

const KEY = "shuku.upload";

/** How many files that were not taken are named. */
const NAMED = 8;

/** Files that wait for their turn. @type {File[]} */
const queue = [];

/** What was not taken in this run, in the one message that tells of it. */
let failures = { toastId: 0, lines: [] };

/** Tells about an upload that a reload cut off; call once. */
export function noticeInterruptedUpload() {
  let cut = null;
  try {
    cut = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage is blocked or damaged: nothing is remembered.
  }
  if (cut !== null) setState({ interruptedUpload: cut });
}

/**
 * Uploads what was chosen or dropped, after what is under way. What cannot be a backup is told at once.
 *
 * @param {readonly {file: File, isFolder?: boolean}[]} chosen
 */
export function upload(chosen) {
  const isIdle = state.upload === null && queue.length === 0;
  if (isIdle) failures = { toastId: 0, lines: [] };
  for (const { file, isFolder = false } of chosen) {
    const key = isFolder ? "folder" : refusalOf(file);
    if (key === null) queue.push(file);
    else fail(file.name, t(`upload.${key}`));
  }
  if (state.upload !== null) show({ waiting: queue.length });
  else if (isIdle && queue.length > 0) void work();
}

/** Gives up what waits, and what is being sent. */
export function abortUploads() {
  queue.length = 0;
  state.upload?.abort();
}

/** Why a file cannot be a backup, as far as its name and size tell. */
function refusalOf({ name, size }) {
  if (!name.toLowerCase().endsWith(".zip")) return "only_zip";
  return size === 0 ? "empty" : null;
}

async function work() {
  const warn = (event) => event.preventDefault();
  addEventListener("beforeunload", warn);
  setState({ interruptedUpload: null });
  try {
    while (queue.length > 0) {
      if (currentToken() === null) giveUpTheRest();
      else await uploadOne(queue.shift());
    }
  } finally {
    removeEventListener("beforeunload", warn);
    remember(null);
    setState({ upload: null });
    await changed();
  }
}

async function uploadOne(file) {
  try {
    const result = await send(file);
    toast(t("upload.done", { id: result.backup_id }));
    if (queue.length > 0) void changed();
  } catch (error) {
    if (error === null) return; // A person cancelled it.
    fail(file.name, error.message);
    if (isLackOfSpace(error)) offerSpace(error.body);
    if (error.status === undefined) giveUpTheRest();
  }
}

/** Without a server or a session each of the rest would only fail as well. */
function giveUpTheRest() {
  for (const { name } of queue.splice(0)) fail(name, t("upload.not_sent"));
}

function fail(name, reason) {
  failures.lines.push(`${name}: ${reason}`);
  const more = failures.lines.length - NAMED;
  const rest = more > 0 ? [t("detail.more", { n: more })] : [];
  const lines = [...failures.lines.slice(0, NAMED), ...rest];
  failures.toastId = toast(lines.join("\n"), "error", failures.toastId);
}

const show = (change) => setState({ upload: { ...state.upload, ...change } });

/** Resolves with the server's answer; rejects with `null` when a person cancelled. */
function send(file) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const { name, size } = file;
    setState({ upload: { name, size, sent: 0, phase: "send", waiting: queue.length, abort } });
    remember({ names: [name, ...queue.map((one) => one.name)], checking: false });
    request.upload.addEventListener("progress", (event) => show({ sent: event.loaded }));
    request.upload.addEventListener("load", () => {
      show({ sent: size, phase: "check" });
      remember({ names: [name], checking: true });
    });
    request.addEventListener("abort", () => reject(null));
    request.addEventListener("error", () => void explainBreak(file).then(reject));
    request.addEventListener("load", () => {
      const body = parse(request.responseText);
      if (request.status < 300) return resolve(body);
      if (request.status === 401) endSession("expired");
      reject(new ApiError(request.status, body));
    });
    request.open("PUT", apiUrl(`upload/${encodeURIComponent(name)}`));
    for (const [key, value] of Object.entries(headers())) request.setRequestHeader(key, value);
    request.setRequestHeader("Content-Type", "application/zip");
    request.send(file);
  });
}

/** Why a request ended without an answer: the file went away, or the connection did. */
async function explainBreak(file) {
  const checking = state.upload?.phase === "check";
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    // A status, though no server gave it: the files that wait may be well.
    return Object.assign(new Error(t("upload.unreadable")), { status: 0 });
  }
  noteSilence();
  return new Error(t(checking ? "upload.broke_off_checking" : "upload.broke_off"));
}

/** Keeps what is under way over a reload, which ends it. */
function remember(uploads) {
  try {
    if (uploads === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(uploads));
  } catch {
    // Storage is blocked: a reload is not told of.
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // A proxy's error page: the status is all there is.
  }
}
