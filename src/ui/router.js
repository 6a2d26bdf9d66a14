/** Views by the part of the address after `#`: it never reaches the server. @module */
import { useEffect, useReducer } from "./dom.js";

/** @returns {{view: string, id: string | null}} Such as `{view: "backups", id: null}`. */
export function readRoute() {
  const [, name = "", id = ""] = location.hash.split("/");
  return { view: name || "overview", id: id === "" ? null : decodeURIComponent(id) };
}

/** @param {string} path Such as `backups` or `restore/backup_…`. */
export function go(path) {
  location.hash = `#/${path}`;
}

/** Draws the component again when the address changes. */
export function useRoute() {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    addEventListener("hashchange", redraw);
    return () => removeEventListener("hashchange", redraw);
  }, []);
  return readRoute();
}
