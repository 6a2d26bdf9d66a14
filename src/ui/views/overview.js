import { useState, view } from "../dom.js";
import { serverNow } from "../api.js";
import { Button } from "../components/button.js";
import { Icon } from "../components/icon.js";
import { LoadFailed } from "../components/load_failed.js";
import { MakeSpace } from "../components/problem.js";
import { PendingRemoval } from "../components/standing.js";
import { formatAge, formatBytes, formatNext } from "../format.js";
import { has, t } from "../i18n/mod.js";
import { judge } from "../protection.js";
import { isLackOfSpace } from "../space.js";
import { useStore } from "../store.js";
import { CreateDialog } from "./dialogs.js";
import { Facts } from "./overview_facts.js";
import { Charts, Space } from "./overview_figures.js";
import { UndoBar } from "./undo_bar.js";

/** Am I safe, since when, where, what happens next: at a glance. */
export function OverviewView() {
  const { loaded, loadError } = useStore();
  if (loadError !== null) return view`<${LoadFailed} error=${loadError} />`;
  return view`
    <div class="overview" aria-busy=${!loaded}>
      <${Hero} />
      <${PendingRemoval} />
      <${UndoBar} />
      <${Facts} />
      <${Limits} />
      <div class="figures">
        <${Space} />
        <${Charts} />
      </div>
    </div>`;
}

const ICONS = {
  ok: "shield",
  warn: "alert",
  danger: "cross_shield",
  unknown: "clock",
  silent: "offline",
};

/** A sentence longer than this is set smaller, so that the button stays in sight on a phone. */
const LONG = 64;

function Hero() {
  const { loaded, jobs, restore } = useStore();
  const [creating, setCreating] = useState(false);
  const { level, sentence, detail, latest, tight } = useVerdict();
  const running = jobs.some((job) => job.kind === "create" && job.state === "running");
  const unable = !loaded || running || restore?.pending;
  return view`
    <section class=${`hero hero-${level}`} aria-labelledby="status">
      <span class="hero-icon"><${Icon} name=${ICONS[level]} size=${34} /></span>
      <div class="hero-text">
        <p class="hero-level">${t(`level.${level}`)}</p>
        <h1 id="status" tabindex="-1" class=${sentence.length > LONG ? "hero-long" : ""}>
          ${phrases(sentence)}
        </h1>
        ${detail && view`<p class="hero-detail">${detail}</p>`}
        ${latest && view`<${LostDatabase} latest=${latest} />`}
      </div>
      <div class="hero-action">
        ${tight && view`<${MakeSpace} />`}
        <${Button} kind="primary" icon="plus" asks disabled=${unable} onClick=${() =>
    setCreating(true)}>
          ${t(running ? "create.running" : "create.open")}
        </${Button}>
      </div>
      ${creating && view`<${CreateDialog} onClose=${() => setCreating(false)} />`}
    </section>`;
}

/** The way back, for a database that is really gone and not only mounted elsewhere. */
function LostDatabase({ latest }) {
  return view`
    <p class="hero-detail">
      ${t("status.database.lost")} <a href=${`#/restore/${latest}`}>${
    t("restore.open", { id: latest })
  }</a>
    </p>`;
}

function useVerdict() {
  const { online, loaded, stats, backups, scheduler, jobs, restore } = useStore();
  // What was true before the silence may be true no longer.
  if (!online) return { level: "silent", sentence: t("status.silent") };
  if (!loaded) return { level: "unknown", sentence: t("status.loading") };
  const known = { stats, backups, scheduler, jobs, restore, now: serverNow() };
  const { level, key, facts } = judge(known);
  const tight = key === "status.space" || isLackOfSpace(facts);
  if (key === "status.database") {
    return {
      level,
      sentence: sayDatabase(facts.state),
      detail: facts.detail,
      latest: facts.latest,
    };
  }
  return { level, sentence: t(key, sayFacts(facts)), tight };
}

function sayDatabase(state) {
  const key = `status.database.${state}`;
  return t(has(key) ? key : "status.database.unreadable");
}

/** Lets a line break between the phrases of a sentence before it breaks inside one. */
function phrases(sentence) {
  const all = sentence.split(" · ");
  return all.map((phrase, index) => {
    const isLast = index === all.length - 1;
    return view`<span key=${index} class="phrase">${phrase}${!isLast && " ·"}</span>${
      !isLast && " "
    }`;
  });
}

/** Instants and sizes in words. */
function sayFacts(facts) {
  const said = { ...facts };
  if (facts.since) {
    const days = Math.floor((serverNow() - facts.since) / 86_400_000);
    said.since = formatAge(facts.since);
    said.days = days >= 1 ? t("days", { n: days }) : said.since;
  }
  if ("next" in facts) said.next = facts.next ? formatNext(facts.next) : "–";
  if ("free" in facts) {
    said.free = formatBytes(facts.free);
    said.needed = formatBytes(facts.needed);
  }
  return said;
}

/** What is not protected is said as plainly as what is. */
function Limits() {
  return view`
    <ul class="limits">
      <li><${Icon} name="info" size=${18} /><span>${t("limits.novels")}</span></li>
      <li><${Icon} name="info" size=${18} /><span>${t("limits.offsite")}</span></li>
    </ul>`;
}
