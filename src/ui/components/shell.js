import { html, useEffect, useState } from "../dom.js";
import { formatDateTime, timeZone } from "../format.js";
import { serverNow } from "../api.js";
import { language, setLanguage, theme, toggleTheme } from "../preferences.js";
import { t } from "../i18n/mod.js";
import { endSession } from "../session.js";
import { useStore } from "../store.js";
import { upload } from "../upload.js";
import { IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { JobPanel } from "./job_panel.js";
import { Notice } from "./notice.js";
import { RestorePending } from "./restore_pending.js";

const TABS = [["overview", "home"], ["backups", "archive"], ["schedule", "clock"], [
  "history",
  "history",
]];

/** The frame around every view: where you are, where you can go, what is going on. @param {{view: string, children?: unknown}} props */
export function Shell({ view, children }) {
  const { online, announcement, restore } = useStore();
  const current = view === "restore" ? "backups" : view;
  return html`
    <div class="shell">
      <a class="skip" href="#content" onClick=${skip}>${t("skip")}</a>
      <header class="top">
        <a class="brand" href="#/overview"><${Mark} /><span>${t("brand")}</span></a>
        <${Tools} />
      </header>
      <nav class="tabs" aria-label=${t("nav.label")}>
          ${TABS.map(([name, icon]) =>
            html`
              <a key=${name} href=${`#/${name}`}
                aria-current=${current === name
                  ? "page"
                  : null}><${Icon} name=${icon} size=${21} /><span>${t(`nav.${name}`)}</span></a>
            `
          )}
        </nav>
      <main id="content" tabindex="-1">
          ${!online && html`
            <div class="offline">
              <${Notice} tone="warn" alert>${t("offline")}<//></div>
          `}
          ${restore?.pending && html`<${RestorePending} restore=${restore} />`}
          ${children}
          <footer class="foot"><${ServerClock} /></footer>
        </main>
      <${JobPanel} />
      <${DropTarget} />
      <div class="sr-only" role="status" aria-live="polite">${announcement}</div>
    </div>
  `;
}

function skip(event) {
  event.preventDefault(); // The part after # is the route.
  document.getElementById("content")?.focus();
}

/** The brand's mark: a book with a tick. */
export function Mark() {
  return html`<img class="mark" src=${
    new URL("../icon.svg", import.meta.url).pathname
  } alt="" width="28" height="28" />`;
}

/** Language and theme; signing out when there is a session. @param {{session?: boolean}} props */
export function Tools({ session = true }) {
  const other = language() === "zh" ? "en" : "zh";
  const dark = theme() === "dark";
  return html`<div class="tools">
    <button type="button" class="icon-button language" lang=${other === "zh" ? "zh-CN" : "en"}
      aria-label=${other === "zh" ? "切换到中文" : "Switch to English"} title=${
    other === "zh" ? "切换到中文" : "Switch to English"
  }
      onClick=${() => setLanguage(other)}>${other === "zh" ? "中" : "EN"}</button>
    <${IconButton} icon=${dark ? "sun" : "moon"} label=${
    t(dark ? "theme.light" : "theme.dark")
  } onClick=${toggleTheme} />
    ${
    session && html`<${IconButton} icon="exit" label=${t("sign_out")} onClick=${() =>
      endSession("signed_out")} />`
  }
  </div>`;
}

function ServerClock() {
  const { stats, version } = useStore();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  if (stats === null) return html`<span> </span>`;
  return html`
    <span>${t("foot.zone", { zone: timeZone(), time: formatDateTime(serverNow()) })}</span>
    <span>Shuku Backup ${version ?? ""}</span>
  `;
}

/** Takes a ZIP dropped anywhere. */
function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
    const enter = (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer.files[0];
      if (file) void upload(file);
    };
    addEventListener("dragover", enter);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return over && html`
    <div class="drop" aria-hidden="true">
      <${Icon} name="upload" size=${40} />
      <p>${t("upload.drop")}</p>
    </div>
  `;
}
