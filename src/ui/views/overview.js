import { useState, view } from "../dom.js";
import { api, serverNow } from "../api.js";
import { Button } from "../components/button.js";
import { Icon } from "../components/icon.js";
import { Skeleton } from "../components/notice.js";
import { LoadFailed } from "../components/load_failed.js";
import { Age } from "../components/time.js";
import { formatAge, formatBytes, formatDuration, formatNext, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { judge } from "../protection.js";
import { toast, useStore } from "../store.js";
import { changed, jobStarted } from "../sync.js";
import { CreateDialog } from "./create_dialog.js";
import { Charts, Space } from "./overview_figures.js";
import { UndoBar } from "./undo_bar.js";

/** Am I safe, since when, where, what happens next: at a glance. */
export function OverviewView() {
  const { loaded, loadError } = useStore();
  if (loadError !== null) return view`<${LoadFailed} error=${loadError} />`;
  return view`
    <div class="overview" aria-busy=${!loaded}>
      <${Hero} />
      <${UndoBar} />
      <${Facts} />
      <${Limits} />
      <div class="figures">
        <${Space} />
        <${Charts} />
      </div>
    </div>
  `;
}

const LEVEL_ICONS = { ok: "shield", warn: "alert", danger: "cross_shield", unknown: "clock" };

function Hero() {
  const { loaded, stats, backups, scheduler, jobs, restore } = useStore();
  const [creating, setCreating] = useState(false);
  const verdict = loaded
    ? judge({ stats, backups, scheduler, jobs, restore, now: serverNow() })
    : { level: "unknown", key: "status.loading", facts: {} };
  const running = jobs.some((job) => job.kind === "create" && job.state === "running");
  return view`
    <section class=${`hero hero-${verdict.level}`} aria-labelledby="status">
      <span class="hero-icon"><${Icon} name=${LEVEL_ICONS[verdict.level]} size=${34} /></span>
      <div class="hero-text">
        <p class="hero-level">${t(`level.${verdict.level}`)}</p>
        <h1 id="status" tabindex="-1">${phrases(t(verdict.key, sayFacts(verdict.facts)))}</h1>
      </div>
      <div class="hero-action">
        <${Button} kind="primary" icon="plus" disabled=${!loaded || running} onClick=${() =>
    setCreating(true)}>
            ${t(running ? "create.running" : "create.open")}</${Button}>
        </div>
        ${creating && view`<${CreateDialog} onClose=${() => setCreating(false)} />`}
      </section>
  `;
}

/** Lets a line break between the phrases of a sentence before it breaks inside one. */
function phrases(sentence) {
  return sentence.split(" · ").map((phrase, index) =>
    view`${index > 0 && " · "}<span key=${index} class="phrase">${phrase}</span>`
  );
}

function sayFacts(facts) {
  return {
    ...facts,
    ...(facts.since ? { since: formatAge(facts.since), days: sayAge(facts.since) } : {}),
    ...("next" in facts ? { next: facts.next ? formatNext(facts.next) : "–" } : {}),
    ...("free" in facts
      ? { free: formatBytes(facts.free), needed: formatBytes(facts.needed) }
      : {}),
  };
}

function sayAge(since) {
  const days = Math.floor((serverNow() - since) / 86_400_000);
  return days >= 1 ? t("days", { n: days }) : formatAge(since);
}

/** Four answers: since when, where, next, proof. */
function Facts() {
  const { loaded, stats, scheduler } = useStore();
  const blank = view`<${Skeleton} lines=${2} />`;
  return view`
    <dl class="facts">
      <${Fact} icon="check_circle" name=${t("fact.verified")}>${
    loaded ? view`<${Verified} stats=${stats} />` : blank
  }</${Fact}>
        <${Fact} icon="disk" name=${t("fact.where")}>${
    loaded ? view`<${Where} stats=${stats} />` : blank
  }</${Fact}>
        <${Fact} icon="clock" name=${t("fact.next")}>${
    loaded ? view`<${Next} scheduler=${scheduler} />` : blank
  }</${Fact}>
        <${Fact} icon="restore" name=${t("fact.drill")}>${
    loaded ? view`<${Drill} stats=${stats} scheduler=${scheduler} />` : blank
  }</${Fact}>
      </dl>
  `;
}

function Fact({ icon, name, children }) {
  return view`
    <div class="fact">
      <dt><${Icon} name=${icon} size=${17} />${name}</dt>
      <dd>${children}</dd>
    </div>
  `;
}

function Verified({ stats }) {
  const latest = stats.latest_verified;
  if (latest === null) {
    return view`<strong>${t("fact.never")}</strong><small>${t("fact.never_hint")}</small>`;
  }
  return view`
    <strong><${Age} at=${latest.created_at_utc} /></strong>
    <small><a href=${`#/backups/${latest.backup_id}`}>${latest.backup_id}</a></small>
  `;
}

function Where({ stats }) {
  return view`
    <strong>${
    t("fact.count", {
      n: stats.total_backups,
      size: formatBytes(stats.total_size),
    })
  }</strong>
    <small class="path" title=${stats.backup_dir}>${stats.backup_dir}</small>
    <small>${t("fact.snapshots", { n: formatNumber(stats.snapshot_count) })}</small>
  `;
}

function Next({ scheduler }) {
  const [busy, setBusy] = useState(false);
  const on = scheduler.auto_backup_enabled;
  const flip = async () => {
    setBusy(true);
    try {
      await (on ? api.disable() : api.enable());
      await changed();
      toast(t(on ? "schedule.now_off" : "schedule.now_on"));
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy(false);
  };
  const time = scheduler.retry_at ?? scheduler.next_run;
  return view`
    <strong>${on && time ? formatNext(time) : t("fact.no_next")}</strong>
        ${
    on && time &&
    view`<small>${scheduler.retry_at ? t("fact.retry") : view`<${Age} at=${time} />`}</small>`
  }
        <button type="button" class="switch" role="switch" aria-checked=${on} disabled=${busy}
      onClick=${flip}>
          <span class="switch-track" aria-hidden="true"></span><span>${
    t(
      "schedule.switch",
    )
  }</span></button>
  `;
}

function Drill({ stats, scheduler }) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      jobStarted(await api.drill());
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy(false);
  };
  const last = stats.last_drill;
  return view`
    <strong class=${last ? `tone-${last.result === "passed" ? "ok" : "danger"}` : ""}>
          ${t(`drill.${last?.result ?? "never"}`)}</strong>
        <small>${
    last
      ? view`<${Age} at=${last.at} /> · ${formatDuration(last.duration_seconds)}`
      : scheduler.next_drill
      ? t("drill.next", { time: formatNext(scheduler.next_drill) })
      : t("drill.off")
  }</small>
        ${
    last?.detail && last.result !== "passed" &&
    view`<small class="tone-danger">${last.detail}</small>`
  }
        <${Button} small busy=${busy} onClick=${run}
      disabled=${stats.total_backups === 0}>${t("drill.run")}</${Button}>
  `;
}

/** What is not protected is said as plainly as what is. */
function Limits() {
  return view`
    <ul class="limits">
      <li><${Icon} name="info" size=${18} /><span>${t("limits.novels")}</span></li>
      <li><${Icon} name="info" size=${18} /><span>${t("limits.offsite")}</span></li>
    </ul>
  `;
}
