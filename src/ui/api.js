/**
 * The public API, as this page uses it. Every call carries the session's token in a header and asks for sentences
 * in the page's language.
 *
 * @module
 */
import { t } from "./i18n/mod.js";
import { language } from "./preferences.js";
import { currentToken, endSession, loseAccount } from "./session.js";
import { setState, state } from "./store.js";

const ROOT = new URL("../", import.meta.url);
const BASE = new URL("api/admin/backup/", ROOT);

/** The server said no. `detail` is a sentence for people, `code` one for programs. */
export class ApiError extends Error {
  /** @param {number} status @param {Record<string, any>} body Empty when what stands before the server answered. */
  constructor(status, body) {
    super(typeof body.detail === "string" ? body.detail : sayProxy(status));
    this.status = status;
    this.code = typeof body.code === "string" ? body.code : "";
    this.body = body;
  }
}

/** The server did not answer. It has no `status`. */
export class OfflineError extends Error {
  constructor() {
    super(t("offline.short"));
  }
}

const sayProxy = (status) => t(status === 413 ? "proxy.too_large" : "proxy.refused", { status });

/** How long the clockwork waits for an answer before it says that there is none. */
const PATIENCE_MS = 15_000;

let skewMs = 0;
/** When the server answered last, by its own clock; `null` when it never did. */
let answeredAt = null;

/** Now by the server's clock, in milliseconds: ages are right on a device whose clock is wrong. */
export const serverNow = () => Date.now() + skewMs;

/** @param {string} path Relative to the API's base. */
export const apiUrl = (path) => new URL(path, BASE);

/** Headers of a call. @param {Record<string, string>} [more] */
export function headers(more = {}) {
  const token = currentToken();
  return {
    "Accept-Language": language() === "zh" ? "zh-CN" : "en",
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...more,
  };
}

/**
 * Sends one request.
 *
 * @param {string} method
 * @param {string | URL} path
 * @param {{json?: unknown, signal?: AbortSignal, form?: URLSearchParams, token?: string, polls?: boolean}} [options]
 *   `polls`: one of many that ask the same; a silence is not waited for.
 * @returns {Promise<Response>} An answer with a status below 400.
 */
async function send(method, path, options = {}) {
  const { json, form, signal, polls = false } = options;
  const more = options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` };
  const init = { method, headers: headers(more), signal: signal ?? null, cache: "no-store" };
  if (polls) init.signal = AbortSignal.timeout(PATIENCE_MS);
  if (json !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(json);
  } else if (form !== undefined) init.body = form;
  const sentWith = currentToken();
  const response = await reach(path, init);
  if (response.status < 400) return response;
  const problem = new ApiError(response.status, await readProblem(response));
  // Only the session that asked may end: a slow answer must not sign out the one after it.
  if (options.token === undefined && sentWith !== null && sentWith === currentToken()) {
    const unknown = response.status === 401 || problem.code === "auth.not_admin";
    if (!(unknown && loseAccount()) && response.status === 401) endSession("expired");
  }
  throw problem;
}

/** The server's answer, whatever it is. @throws {OfflineError} */
async function reach(path, init) {
  let response;
  try {
    response = await fetch(path instanceof URL ? path : apiUrl(path), init);
  } catch (error) {
    throw silence(error);
  }
  if (isGateway(response)) throw silence(null);
  noteAnswer(response);
  return response;
}

/** A proxy that has nobody behind it. What the server itself says is JSON. */
function isGateway({ status, headers }) {
  return status >= 502 && !(headers.get("Content-Type") ?? "").includes("json");
}

/** Takes note that there was no answer, unless the page itself gave the question up. */
function silence(error) {
  if (error?.name === "AbortError") return error;
  noteSilence();
  return new OfflineError();
}

/** Takes note that the server did not answer. */
export function noteSilence() {
  if (state.online) setState({ online: false, silentSince: answeredAt });
}

function noteAnswer(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(date)) {
    const skew = date - Date.now();
    skewMs = Math.abs(skew) > 5000 ? skew : 0;
  }
  answeredAt = serverNow();
  if (!state.online) setState({ online: true, returns: state.returns + 1 });
}

/** The body of an answer. */
async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw silence(error);
    throw new ApiError(response.status, { detail: t("proxy.not_ours") });
  }
}

async function readProblem(response) {
  try {
    return await response.json();
  } catch {
    return {}; // A proxy's error page: the status is all there is.
  }
}

const get = async (path, options) => await read(await send("GET", path, options));
const poll = (path) => get(path, { polls: true });
const post = async (path, json, options) =>
  await read(await send("POST", path, { ...options, json }));

/** Options of a call that a restore's own token may open. @param {string} [token] */
const by = (token) => token === undefined ? {} : { token };

/** @param {string} name Encoded for a path. */
const part = (name) => encodeURIComponent(name);

/** One function per thing the page asks for. */
export const api = {
  signIn: async (username, password) =>
    await read(
      await send("POST", new URL("api/auth/token", ROOT), {
        form: new URLSearchParams({ grant_type: "password", username, password }),
      }),
    ),
  /** Asks something harmless with a token that is not the session's yet. */
  tryToken: (token) => send("GET", "stats", { token }),
  /** Whatever its status. */
  health: async () => await read(await reach(new URL("api/health", ROOT), { headers: headers() })),
  stats: () => poll("stats"),
  list: () => poll("list"),
  detail: (id) => get(part(id)),
  create: (body) => post("create?wait=false", body),
  remove: (id) => send("DELETE", part(id)),
  update: async (id, change) => await read(await send("PATCH", part(id), { json: change })),
  validate: (id) => get(`validate/${part(id)}`),
  /** A one-use link, whatever the prefix under which a proxy serves us. @returns {Promise<string>} */
  ticket: async (id) => {
    const answer = await send("POST", `download/${part(id)}/ticket`, { json: {} });
    return new URL((await read(answer)).url, answer.url).href;
  },
  preview: (body, signal) => post("restore/preview", body, { signal }),
  restore: (body) => post("restore?wait=false", body),
  undo: (token) => post("restore/undo?wait=false", {}, by(token)),
  restoreStatus: () => poll("restore/status"),
  resolve: (action) => post("restore/resolve", { action }),
  drill: (id) => post("drill?wait=false", id ? { backup_id: id } : {}),
  retention: async () => (await get("retention/preview")).backups,
  confirmRetention: (ids) => post("retention/confirm", { backup_ids: ids }),
  scheduler: () => poll("scheduler/status"),
  enable: () => post("scheduler/enable", {}),
  disable: () => post("scheduler/disable", {}),
  setSchedule: async (schedule) =>
    await read(await send("PUT", "scheduler/schedule", { json: { schedule } })),
  nextRuns: (schedule, signal) =>
    get(`scheduler/next?schedule=${encodeURIComponent(schedule)}`, { signal }),
  jobs: async () => (await poll("jobs")).jobs,
  job: (id, token) => get(`jobs/${part(id)}`, by(token)),
  cancel: (id) => post(`jobs/${part(id)}/cancel`, {}),
  events: (id, signal, token) => send("GET", `jobs/${part(id)}/events`, { signal, ...by(token) }),
  audit: async () => (await get("audit?limit=500")).audit,
};
