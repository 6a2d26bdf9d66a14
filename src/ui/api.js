/**
 * The public API, as this page uses it. Every call carries the session's token in a header and asks for sentences
 * in the page's language.
 *
 * @module
 */
import { language } from "./preferences.js";
import { currentToken, endSession, loseAccount } from "./session.js";
import { setState, state } from "./store.js";

const ROOT = new URL("../", import.meta.url);
const BASE = new URL("api/admin/backup/", ROOT);

/** The server said no. `detail` is a sentence for people, `code` one for programs. */
export class ApiError extends Error {
  /** @param {number} status @param {Record<string, any>} body */
  constructor(status, body) {
    super(typeof body.detail === "string" ? body.detail : `HTTP ${status}`);
    this.status = status;
    this.code = typeof body.code === "string" ? body.code : "";
    this.body = body;
  }
}

/** The server did not answer. */
export class OfflineError extends Error {}

let skewMs = 0;

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
 * @param {{json?: unknown, signal?: AbortSignal, form?: URLSearchParams, token?: string}} [options]
 * @returns {Promise<Response>} An answer with a status below 400.
 */
async function send(method, path, options = {}) {
  const { json, form, signal } = options;
  const more = options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` };
  const init = { method, headers: headers(more), signal: signal ?? null, cache: "no-store" };
  if (json !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(json);
  } else if (form !== undefined) init.body = form;
  const sentWith = currentToken();
  let response;
  try {
    response = await fetch(path instanceof URL ? path : apiUrl(path), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    setState({ online: false });
    throw new OfflineError("offline");
  }
  noteAnswer(response);
  if (response.status < 400) return response;
  const problem = new ApiError(response.status, await readJson(response));
  // Only the session that asked may end: a slow answer must not sign out the one after it.
  if (options.token === undefined && sentWith !== null && sentWith === currentToken()) {
    const unknown = response.status === 401 || problem.code === "auth.not_admin";
    if (!(unknown && loseAccount()) && response.status === 401) endSession("expired");
  }
  throw problem;
}

function noteAnswer(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(date)) {
    const skew = date - Date.now();
    skewMs = Math.abs(skew) > 5000 ? skew : 0;
  }
  if (!state.online) setState({ online: true });
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return {}; // A proxy's error page: the status is all there is.
  }
}

const get = async (path, options) => await (await send("GET", path, options)).json();
const post = async (path, json, options) =>
  await (await send("POST", path, { ...options, json })).json();

/** Options of a call that a restore's own token may open. @param {string} [token] */
const by = (token) => token === undefined ? {} : { token };

/** @param {string} name Encoded for a path. */
const part = (name) => encodeURIComponent(name);

/** One function per thing the page asks for. */
export const api = {
  signIn: async (username, password) =>
    await (await send("POST", new URL("api/auth/token", ROOT), {
      form: new URLSearchParams({ grant_type: "password", username, password }),
    })).json(),
  /** Asks something harmless with a token that is not the session's yet. */
  tryToken: (token) => send("GET", "stats", { token }),
  health: () => fetch(new URL("api/health", ROOT), { headers: headers() }).then(readJson),
  stats: () => get("stats"),
  list: async () => (await get("list")).backups,
  detail: (id) => get(part(id)),
  create: (body) => post("create?wait=false", body),
  remove: (id) => send("DELETE", part(id)),
  update: async (id, change) => await (await send("PATCH", part(id), { json: change })).json(),
  validate: (id) => get(`validate/${part(id)}`),
  /** A one-use link, whatever the prefix under which a proxy serves us. @returns {Promise<string>} */
  ticket: async (id) => {
    const answer = await send("POST", `download/${part(id)}/ticket`, { json: {} });
    return new URL((await answer.json()).url, answer.url).href;
  },
  preview: (body, signal) => post("restore/preview", body, { signal }),
  restore: (body) => post("restore?wait=false", body),
  undo: (token) => post("restore/undo?wait=false", {}, by(token)),
  restoreStatus: () => get("restore/status"),
  resolve: (action) => post("restore/resolve", { action }),
  drill: (id) => post("drill?wait=false", id ? { backup_id: id } : {}),
  retention: async () => (await get("retention/preview")).backups,
  scheduler: () => get("scheduler/status"),
  enable: () => post("scheduler/enable", {}),
  disable: () => post("scheduler/disable", {}),
  setSchedule: async (schedule) =>
    await (await send("PUT", "scheduler/schedule", { json: { schedule } })).json(),
  nextRuns: (schedule, signal) =>
    get(`scheduler/next?schedule=${encodeURIComponent(schedule)}`, { signal }),
  jobs: async () => (await get("jobs")).jobs,
  job: (id, token) => get(`jobs/${part(id)}`, by(token)),
  cancel: (id) => post(`jobs/${part(id)}/cancel`, {}),
  events: (id, signal, token) => send("GET", `jobs/${part(id)}/events`, { signal, ...by(token) }),
  audit: async () => (await get("audit?limit=500")).audit,
};
