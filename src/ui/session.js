/**
 * The signed-in session: a token in memory and `sessionStorage`, so that it survives a reload and ends with the
 * tab. It travels in the `Authorization` header and in no URL.
 *
 * @module
 */
import { notify } from "./store.js";

const KEY = "shuku.session";
const RESTORE_KEY = "shuku.restore";
let token = readStored(KEY);
/** @type {{jobId: string, token: string, alone: boolean} | null} */
let restore = readRestoreAccess();
let ended = null;
let timer = 0;

/** @returns {string | null} */
export const currentToken = () => token;

/** @returns {"expired" | "signed_out" | null} Why there is no session, when there was one. */
export const sessionEnd = () => ended;

/**
 * What opens the restore that was started here when the session no longer does: the library's users may be others
 * after it. `alone`: it is all that is left.
 */
export const restoreAccess = () => restore;

/** @param {string} value */
export function beginSession(value) {
  token = value;
  ended = null;
  store(KEY, value);
  dropRestoreAccess();
  armExpiry();
  notify();
}

/** @param {"expired" | "signed_out"} reason */
export function endSession(reason) {
  if (token === null) return;
  token = null;
  ended = reason;
  store(KEY, null);
  dropRestoreAccess();
  clearTimeout(timer);
  notify();
}

/**
 * Keeps the token that opens one restore, its events and its undo, and nothing else.
 *
 * @param {{job_id: string, restore_token?: string}} started The answer to a restore or an undo.
 */
export function keepRestoreToken({ job_id: jobId, restore_token: value }) {
  if (value === undefined || restore?.alone) return;
  setRestoreAccess({ jobId, token: value, alone: false });
}

/** The server took the session's token for somebody it does not know. @returns {boolean} Whether a restore is left. */
export function loseAccount() {
  if (restore === null || isExpired()) return false;
  if (!restore.alone) setRestoreAccess({ ...restore, alone: true });
  return true;
}

/** The session opens everything again, as after an undo. */
export function regainAccount() {
  dropRestoreAccess();
  notify();
}

function setRestoreAccess(value) {
  restore = value;
  store(RESTORE_KEY, JSON.stringify(value));
  notify();
}

function dropRestoreAccess() {
  restore = null;
  store(RESTORE_KEY, null);
}

function readRestoreAccess() {
  try {
    return JSON.parse(readStored(RESTORE_KEY) ?? "null");
  } catch {
    return null; // Damaged: the session alone is left.
  }
}

function isExpired() {
  const expiresAt = token === null ? null : readExpiry(token);
  return expiresAt !== null && expiresAt <= Date.now();
}

/** Ends the session when its token does, instead of letting the next click fail. */
export function armExpiry() {
  clearTimeout(timer);
  const expiresAt = token === null ? null : readExpiry(token);
  if (expiresAt === null) return;
  const wait = expiresAt - Date.now();
  if (wait <= 0) endSession("expired");
  // A timer holds at most 2^31 ms; a longer one would fire at once.
  else timer = setTimeout(armExpiry, Math.min(wait, 2 ** 31 - 1));
}

/** The `exp` claim in milliseconds; the server alone judges the token. */
function readExpiry(value) {
  try {
    const claims = JSON.parse(atob(value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return typeof claims.exp === "number" ? claims.exp * 1000 : null;
  } catch {
    return null; // Not a readable token: the server will say so.
  }
}

function readStored(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // Storage is blocked: memory alone holds the session.
  }
}

function store(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
