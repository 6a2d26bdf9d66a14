import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Icon } from "../components/icon.js";
import { Skeleton } from "../components/notice.js";
import { Switch } from "../components/switch.js";
import { Age } from "../components/time.js";
import { formatBytes, formatDuration, formatNext, formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";
import { toast, useStore } from "../store.js";
import { jobStarted } from "../sync.js";
import { flipSchedule } from "./flip_schedule.js";

/** Four answers: since when, where, what next, and whether it was ever proved. */
export function Facts() {
  const { loaded } = useStore();
  const fact = (icon, name, Answer) =>
    view`
      <div class="fact">
        <dt><${Icon} name=${icon} size=${17} />${t(name)}</dt>
        <dd>${loaded ? view`<${Answer} />` : view`<${Skeleton} lines=${2} />`}</dd>
      </div>`;
  return view`
    <dl class="facts">
      ${fact("check_circle", "fact.verified", Verified)}
      ${fact("disk", "fact.where", Where)}
      ${fact("clock", "fact.next", Next)}
      ${fact("restore", "fact.drill", Drill)}
    </dl>`;
}

function Verified() {
  const latest = useStore().stats.latest_verified;
  if (latest === null) {
    return view`<strong>${t("fact.never")}</strong><small>${t("fact.never_hint")}</small>`;
  }
  const { backup_id: id, created_at_utc: at } = latest;
  return view`
    <strong><${Age} at=${at} /></strong>
    <small><a href=${`#/backups/${id}`}>${id}</a></small>`;
}

function Where() {
  const { total_backups: n, total_size, snapshot_count, backup_dir } = useStore().stats;
  return view`
    <strong>${t("fact.count", { n, size: formatBytes(total_size) })}</strong>
    <small>${backup_dir}</small>
    ${
    snapshot_count > 0 && view`
      <small>${t("fact.snapshots", { n: formatNumber(snapshot_count) })}</small>`
  }`;
}

function Next() {
  const { scheduler } = useStore();
  const [busy, setBusy] = useState(false);
  const { auto_backup_enabled: on, retry_at, next_run } = scheduler;
  const time = on ? retry_at ?? next_run : null;
  const flip = async () => {
    setBusy(true);
    await flipSchedule(on);
    setBusy(false);
  };
  return view`
    <strong>${time ? formatNext(time) : t("fact.no_next")}</strong>
    <small>${time && (retry_at ? t("fact.retry") : view`<${Age} at=${time} />`)}</small>
    <${Switch} on=${on} busy=${busy} onFlip=${flip}>${t("schedule.switch")}</${Switch}>`;
}

const DRILL_TONES = { passed: "tone-ok", failed: "tone-danger", error: "tone-warn" };

function Drill() {
  const { stats, scheduler, jobs } = useStore();
  const last = stats.last_drill;
  const running = jobs.some((job) => job.kind === "drill" && job.state === "running");
  const run = async () => {
    try {
      jobStarted(await api.drill());
    } catch (error) {
      toast(error.message, "error");
    }
  };
  const bad = last !== null && last.result !== "passed";
  return view`
    <strong class=${DRILL_TONES[last?.result] ?? ""}>${
    t(`drill.${last?.result ?? "never"}`)
  }</strong>
    <small>${last === null ? nextDrill(scheduler) : drillTime(last)}</small>
    ${bad && last.detail && view`<small class=${DRILL_TONES[last.result]}>${last.detail}</small>`}
    <${Button} small asks busy=${running} disabled=${stats.total_backups === 0} onClick=${run}>
      ${t("drill.run")}
    </${Button}>`;
}

function nextDrill({ next_drill: next }) {
  return next ? t("drill.next", { time: formatNext(next) }) : t("drill.off");
}

function drillTime({ at, duration_seconds: seconds }) {
  return view`<${Age} at=${at} /> · ${formatDuration(seconds)}`;
}
