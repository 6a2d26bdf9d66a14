/**
 * Parts of the page that are fetched when they are first wanted: the first load stays small.
 *
 * @module
 */
import { useEffect, useState, view } from "./dom.js";
import { noteSilence } from "./api.js";
import { loadEveryLanguage } from "./i18n/mod.js";
import { useStore } from "./store.js";

const parts = [];

/**
 * Makes a component of one that is not here yet.
 *
 * When it cannot be fetched the server is taken for silent, and it is tried again when that answers.
 *
 * @param {() => Promise<any>} load Fetches the component.
 * @param {() => unknown} [Waiting] Drawn until it has come.
 */
export function lazy(load, Waiting = () => null) {
  let found = null;
  const fetchIt = async () => found ??= await load();
  parts.push(fetchIt);
  return function Lazy({ onDrawn, ...props }) {
    const [Part, setPart] = useState(() => found);
    const [problem, setProblem] = useState(null);
    const { returns } = useStore();
    useEffect(() => {
      const failed = (error) => {
        // The browser says no more than that it could not be fetched.
        if (error instanceof TypeError) noteSilence();
        else setProblem(error);
      };
      if (Part === null) fetchIt().then((it) => setPart(() => it), failed);
    }, [returns]);
    useEffect(() => {
      if (Part !== null) onDrawn?.();
    }, [Part]);
    if (problem !== null) throw problem; // The boundary around every view says so.
    return Part === null ? view`<${Waiting} />` : view`<${Part} ...${props} />`;
  };
}

/** Fetches every part that is not here yet, and the other language: none is missing when the server is. */
export async function loadEverything() {
  for (const fetchIt of parts) await fetchIt();
  await loadEveryLanguage();
}
