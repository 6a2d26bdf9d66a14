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
  /** @type {boolean} The first load is complete. */
  loaded: false,
  /** @type {Error | null} Why the first load failed. */
  loadError: null,
  stats: null,
  backups: [],
  scheduler: null,
  jobs: [],
  /** @type {{pending: boolean, state?: string | null, backup_id?: string | null, reason?: string | null, next_try_at?: string | null, stuck?: boolean} | null} */
  restore: null,
  /** @type {string} The server's version. */
  version: "",
  /** @type {string} What the live region says. */
  announcement: "",
  /** @type {{id: number, kind: "ok" | "error", text: string}[]} */
  toasts: [],
  /** @type {{volume: string | null, needed: number | null, free: number | null} | null} Space is offered to be made. */
  lack: null,
  /** @type {{name: string, size: number, sent: number, phase: string, startedAt: number, abort: () => void} | null} */
  upload: null,
  /** @type {{name: string} | null} An upload that a reload cut off. */
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

/**
 * Shows a short message for a few seconds; an error stays until dismissed.
 *
 * @param {string} text
 * @param {"ok" | "error"} kind
 */
export function toast(text, kind = "ok") {
  const id = nextToast++;
  setState({ toasts: [...state.toasts.slice(-2), { id, kind, text }], announcement: text });
  if (kind === "ok") setTimeout(() => dismissToast(id), 6000);
}

/** @param {number} id */
export function dismissToast(id) {
  setState({ toasts: state.toasts.filter((one) => one.id !== id) });
}
