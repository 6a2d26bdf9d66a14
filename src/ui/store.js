/**
 * What the page knows, in one place. Views read `state`, call {@linkcode setState} and are drawn again.
 *
 * @module
 */
import { useEffect, useReducer } from "./dom.js";

/** Everything in sight. Documents are the server's own (see `/openapi.json`). */
export const state = {
  /** @type {boolean} The server answered the last question. */
  online: true,
  /** @type {number | null} When it answered last before it fell silent, by its own clock. */
  silentSince: null,
  /** @type {number} How often it came back after a silence: what failed meanwhile is asked again. */
  returns: 0,
  /** @type {boolean} The first load is complete. */
  loaded: false,
  /** @type {Error | null} Why the first load failed. */
  loadError: null,
  stats: null,
  backups: [],
  /** @type {{file_name: string, detail: string}[]} Files that look like backups and are not in the list. */
  notShown: [],
  scheduler: null,
  jobs: [],
  /** @type {{pending: boolean, state?: string | null, backup_id?: string | null, reason?: string | null, next_try_at?: string | null, stuck?: boolean} | null} */
  restore: null,
  /** @type {string} What the server itself warns of. */
  warning: "",
  /** @type {string} The server's version. */
  version: "",
  /** @type {string} What the live region says. */
  announcement: "",
  /** @type {{id: number, kind: "ok" | "error", text: string}[]} */
  toasts: [],
  /** @type {{volume: string | null, needed: number | null, reserve: number | null, free: number | null} | null} Space is offered to be made. */
  lack: null,
  /** @type {{name: string, size: number, sent: number, phase: string, waiting: number, abort: () => void} | null} */
  upload: null,
  /** @type {{names: string[], checking: boolean} | null} Uploads that a reload cut off. */
  interruptedUpload: null,
};

const listeners = new Set();
let scheduled = false;

/** Draws every view that uses the store again, once per turn. */
export function notify() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  });
}

/** @param {Partial<typeof state>} change */
export function setState(change) {
  Object.assign(state, change);
  notify();
}

/** Subscribes a component to the store. */
export function useStore() {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    listeners.add(redraw);
    return () => listeners.delete(redraw);
  }, []);
  return state;
}

/** Says something to a screen reader without moving anything. @param {string} text */
export function announce(text) {
  setState({ announcement: text });
}

let nextToast = 1;

/** How many messages are kept: the oldest go first. */
const TOASTS = 5;

/**
 * Shows a short message for a few seconds; an error stays until dismissed.
 *
 * @param {string} text
 * @param {"ok" | "error"} kind
 * @param {number} [replaced] The message whose place it takes, if that is still there.
 * @returns {number} Its id.
 */
export function toast(text, kind = "ok", replaced = 0) {
  const id = nextToast++;
  const rest = state.toasts.filter((one) => one.id !== replaced && one.text !== text);
  setState({ toasts: [...rest.slice(1 - TOASTS), { id, kind, text }], announcement: text });
  if (kind === "ok") setTimeout(() => dismissToast(id), 6000);
  return id;
}

/** @param {number} id */
export function dismissToast(id) {
  setState({ toasts: state.toasts.filter((one) => one.id !== id) });
}
