import { useEffect, useState, view } from "../dom.js";
import { formatDateTime, timeZone } from "../format.js";
import { serverNow } from "../api.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";
import { DropTarget } from "./drop_target.js";
import { Icon } from "./icon.js";
import { JobPanel } from "./job_panel.js";
import { LeaveDialog } from "./leave_dialog.js";
import { Offline } from "./offline.js";
import { RestorePending } from "./restore_pending.js";
import { ServerWarning } from "./standing.js";
import { SpaceDialog } from "../views/dialogs.js";
import { Mark, Tools } from "./tools.js";

const TABS = { overview: "home", backups: "archive", schedule: "clock", history: "history" };

/**
 * The frame around every view: where you are, where you can go, what is going on.
 *
 * @param {{current: string, children?: unknown}} props
 */
export function Shell({ current, children }) {
  const { loaded, announcement, restore, lack } = useStore();
  const here = current === "restore" ? "backups" : current;
  const tab = ([name, icon]) =>
    view`
      <a key=${name} href=${`#/${name}`} aria-current=${name === here ? "page" : null}>
        <${Icon} name=${icon} size=${21} />
        <span>${t(`nav.${name}`)}</span>
      </a>`;
  return view`
    <div class="shell">
      <a class="skip" href="#content" onClick=${skip}>${t("skip")}</a>
      <header class="top">
        <a class="brand" href="#/overview"><${Mark} /><span>${t("brand")}</span></a>
        <${Tools} />
      </header>
      <nav class="tabs" aria-label=${t("nav.label")}>${Object.entries(TABS).map(tab)}</nav>
      <main id="content" tabindex="-1">
        <${Offline} />
        <${ServerWarning} />
        ${restore?.pending && view`<${RestorePending} restore=${restore} />`}
        ${children}
        <footer class="foot"><${ServerClock} /></footer>
      </main>
      <${JobPanel} />
      <${DropTarget} />
      <${LeaveDialog} />
      ${lack && loaded && view`<${SpaceDialog} lack=${lack} />`}
      <div class="sr-only" role="status" aria-live="polite">${announcement}</div>
    </div>`;
}

function skip(event) {
  event.preventDefault(); // The part after # is the route.
  document.getElementById("content")?.focus();
}

/** The server's zone and time, by which everything on the page goes. */
function ServerClock() {
  const { stats, version } = useStore();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (stats === null) return view`<span> </span>`;
  const time = formatDateTime(serverNow());
  return view`
    <span>${t("foot.zone", { zone: timeZone(), time })}</span>
    <span>Shuku Backup ${version}</span>`;
}
