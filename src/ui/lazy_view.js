import { useEffect, useState, view } from "./dom.js";
import { loadEveryLanguage } from "./i18n/mod.js";
import { noteSilence } from "./api.js";
import { Skeleton } from "./components/notice.js";
import { useStore } from "./store.js";

const LOAD = {
  overview: async () => (await import("./views/overview.js")).OverviewView,
  backups: async () => (await import("./views/backups.js")).BackupsView,
  schedule: async () => (await import("./views/schedule.js")).ScheduleView,
  history: async () => (await import("./views/history.js")).HistoryView,
  restore: async () => (await import("./views/restore.js")).RestoreView,
};

const loaded = new Map();

/** Views that may be shown. */
export const VIEW_NAMES = Object.keys(LOAD);

/** Fetches every view that is not here yet, and the other language: none is missing when the server is. */
export async function loadEverything() {
  for (const name of VIEW_NAMES) await load(name);
  await loadEveryLanguage();
}

/** A view by its name, fetched when it is first wanted. @param {{name: string, id: string | null, onDrawn: () => void}} props */
export function LazyView({ name, id, onDrawn }) {
  const [View, setView] = useState(() => loaded.get(name) ?? null);
  const [problem, setProblem] = useState(null);
  const { returns } = useStore();
  useEffect(() => {
    const failed = (error) => {
      // The browser says no more than that it could not be fetched.
      if (error instanceof TypeError) noteSilence();
      else setProblem(error);
    };
    if (View === null) load(name).then((found) => setView(() => found), failed);
  }, [name, returns]);
  useEffect(() => {
    if (View !== null) onDrawn();
  }, [View]);
  if (problem !== null) throw problem; // The boundary around every view says so.
  return View === null ? view`<${Skeleton} lines=${8} />` : view`<${View} id=${id} />`;
}

async function load(name) {
  const found = loaded.get(name) ?? await LOAD[name]();
  loaded.set(name, found);
  return found;
}
