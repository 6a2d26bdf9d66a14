import { useEffect, useState, view } from "./dom.js";
import { Skeleton } from "./components/notice.js";

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

/** Fetches every view that is not here yet, so that none is missing when the server is. */
export async function loadEveryView() {
  for (const name of VIEW_NAMES) await load(name);
}

/** A view by its name, fetched when it is first wanted. @param {{name: string, id: string | null, onDrawn: () => void}} props */
export function LazyView({ name, id, onDrawn }) {
  const [View, setView] = useState(() => loaded.get(name) ?? null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    if (View === null) load(name).then((found) => setView(() => found), setProblem);
  }, [name]);
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
