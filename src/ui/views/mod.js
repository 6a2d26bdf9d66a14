/** The views by the names in their addresses, each fetched when it is first wanted. @module */
import { view } from "../dom.js";
import { Skeleton } from "../components/notice.js";
import { lazy } from "../lazy.js";

const Waiting = () => view`<${Skeleton} lines=${8} />`;

/** @type {Readonly<Record<string, unknown>>} */
export const VIEWS = {
  overview: lazy(async () => (await import("./overview.js")).OverviewView, Waiting),
  backups: lazy(async () => (await import("./backups.js")).BackupsView, Waiting),
  schedule: lazy(async () => (await import("./schedule.js")).ScheduleView, Waiting),
  history: lazy(async () => (await import("./history.js")).HistoryView, Waiting),
  restore: lazy(async () => (await import("./restore.js")).RestoreView, Waiting),
};
