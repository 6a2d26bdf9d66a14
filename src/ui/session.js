/**
 * The signed-in session: a token in memory and `sessionStorage`, so that it survives a reload and ends with the
 * tab. It travels in the `Authorization` header and in no URL.
 *
 * @module
 */
import { notify } from "./store.js";

const KEY = "shuku.session";
let token = readStored();
let ended = null;
let timer = 0;

/** @returns {string | null} */
export const currentToken = () => token;

/** @returns {"expired" | "signed_out" | null} Why there is no session, when there was one. */
export const sessionEnd = () => ended;

/** @param {string} value */
export function beginSession(value) {
  token = value;
  ended = null;
  store(value);
  armExpiry();
  notify();
}

/** @param {"expired" | "signed_out"} reason */
export function endSession(reason) {
  if (token === null) return;
  token = null;
  ended = reason;
  store(null);
  clearTimeout(timer);
  notify();
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

function readStored() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // Storage is blocked: memory alone holds the session.
  }
}

function store(value) {
  try {
    if (value === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, value);
  } catch {
    // As above.
  }
}
