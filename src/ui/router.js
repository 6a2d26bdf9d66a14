/**
 * Views by the part of the address after `#`: it never reaches the server. Each entry of the browser's history carries its
 * place, so that a step that was not wanted can be taken back whichever way it went.
 *
 * @module
 */
import { useEffect, useReducer } from "./dom.js";

/** Where the page is: it lags behind the address while a person is asked whether to leave. */
let here = enter(0);
/** What waits for that answer. @type {{proceed: () => void, stay: () => void} | null} */
let pending = null;
let isUnsaved = false;
const listeners = new Set();

/** The entry that the browser is at; a new one gets its place. */
function enter(place) {
  const { at, flow = null } = history.state ?? {};
  if (at !== undefined) return { hash: location.hash, at, flow };
  history.replaceState({ at: place, flow: null }, "");
  return { hash: location.hash, at: place, flow: null };
}

function redraw() {
  for (const listener of listeners) listener();
}

function onMove() {
  const found = enter(here.at + 1);
  if (found.at === here.at && found.hash === here.hash) return;
  const proceed = () => {
    here = found;
    redraw();
  };
  ask(proceed, () => history.go(here.at - found.at));
}

/** Does it at once, or after a person agreed to lose what is not saved. */
function ask(proceed, stay) {
  pending = null;
  if (!isUnsaved) return proceed();
  pending = { proceed, stay };
  redraw();
}

addEventListener("popstate", onMove);
addEventListener("hashchange", onMove);

/**
 * @returns {{view: string, id: string | null, step: string, job: string | null, flow: string | null}} Such as
 *   `{view: "backups", id: null, …}`. `flow`: what the entry remembers beside its address.
 */
export function readRoute() {
  const [, view = "", id = "", step = "", job = ""] = here.hash.split("/");
  return { view: view || "overview", id: decode(id), step, job: decode(job), flow: here.flow };
}

function decode(text) {
  try {
    return text === "" ? null : decodeURIComponent(text);
  } catch {
    return text; // Somebody typed a lone `%`.
  }
}

/** @param {string} path Such as `backups` or `restore/backup_…`. */
export function go(path) {
  location.hash = `#/${path}`;
}

/** Goes on inside of one flow. @param {string} path @param {string | null} [flow] */
export function push(path, flow = here.flow) {
  history.pushState({ at: here.at + 1, flow }, "", `#/${path}`);
  here = enter(here.at);
  redraw();
}

/** Puts another address in the place of the present one. @param {string} path @param {string | null} [flow] */
export function replace(path, flow = here.flow) {
  history.replaceState({ at: here.at, flow }, "", `#/${path}`);
  here = enter(here.at);
  redraw();
}

/** The place of the present entry in the history. */
export const placeHere = () => here.at;

/** Goes to an earlier place; nothing when it is this one. @param {number} place */
export function goTo(place) {
  if (place < here.at) history.go(place - here.at);
}

/** Does something that loses what is not saved, after asking. @param {() => void} action */
export function leave(action) {
  ask(action, () => {});
}

/** The question whether to leave; `null` when there is none. */
export function leaving() {
  if (pending === null) return null;
  const { proceed, stay } = pending;
  const answer = (isLeft) => () => {
    pending = null;
    if (isLeft) isUnsaved = false;
    (isLeft ? proceed : stay)();
    redraw();
  };
  return { go: answer(true), stay: answer(false) };
}

/** Asks before anything on this page is left while `unsaved`: another view, a reload, a closed tab. */
export function useUnsaved(unsaved) {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event) => event.preventDefault();
    isUnsaved = true;
    addEventListener("beforeunload", warn);
    return () => {
      isUnsaved = false;
      removeEventListener("beforeunload", warn);
    };
  }, [unsaved]);
}

/** Draws the component again when the address changes. */
export function useRoute() {
  const [, draw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    listeners.add(draw);
    return () => listeners.delete(draw);
  }, []);
  return readRoute();
}
