import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { LoadFailed } from "../components/load_failed.js";
import { Notice, Skeleton } from "../components/notice.js";
import { Switch } from "../components/switch.js";
import { Age } from "../components/time.js";
import { describeCron } from "../cron_words.js";
import { formatWhen } from "../format.js";
import { t } from "../i18n/mod.js";
import { language } from "../preferences.js";
import { useUnsaved } from "../router.js";
import { toast, useStore } from "../store.js";
import { changed } from "../sync.js";
import { flipSchedule } from "./flip_schedule.js";
import { Retention } from "./retention.js";

const PRESETS = {
  daily: "0 2 * * *",
  twice: "0 2,14 * * *",
  six_hours: "0 */6 * * *",
  weekly: "0 2 * * 0",
  monthly: "0 3 1 * *",
};

/** When backups are made by themselves, and which of them stay. */
export function ScheduleView() {
  const { loaded, loadError, scheduler } = useStore();
  if (loadError !== null) return view`<${LoadFailed} error=${loadError} />`;
  return view`
    <div class="schedule">
      <header class="view-head">
        <div>
          <h1 tabindex="-1">${t("nav.schedule")}</h1>
          <p>${t("schedule.lead")}</p>
        </div>
      </header>
      <section class="card" aria-labelledby="auto-title">
        <h2 id="auto-title">${t("schedule.title")}</h2>
        ${loaded ? view`<${Automatic} scheduler=${scheduler} />` : view`<${Skeleton} lines=${8} />`}
      </section>
      <section class="card" aria-labelledby="retention-title">
        <h2 id="retention-title">${t("retention.title")}</h2>
        ${loaded ? view`<${Retention} />` : view`<${Skeleton} lines=${5} />`}
      </section>
    </div>`;
}

function Automatic({ scheduler }) {
  // What a person typed outlives whatever the server says meanwhile.
  const [draft, setDraft] = useState(null);
  const text = draft?.text ?? scheduler.schedule;
  const setText = (typed) => setDraft({ text: typed, base: draft?.base ?? scheduler.schedule });
  const [busy, setBusy] = useState(false);
  const answer = useNextRuns(text.trim());
  const on = scheduler.auto_backup_enabled;
  const dirty = text.trim() !== scheduler.schedule;
  const elsewhere = dirty && draft.base !== scheduler.schedule;
  useUnsaved(dirty);
  const flip = async () => {
    setBusy(true);
    await flipSchedule(on);
    setBusy(false);
  };
  const save = async (event) => {
    event.preventDefault();
    if (answer.runs === null) return;
    setBusy(true);
    try {
      await api.setSchedule(text.trim());
      toast(t("schedule.saved"));
      await changed();
      setDraft(null);
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy(false);
  };
  return view`
    <${Switch} on=${on} busy=${busy} onFlip=${flip}>${t("schedule.switch")}</${Switch}>
    <${LastRun} scheduler=${scheduler} />
    <form onSubmit=${save}>
      <${Presets} chosen=${text.trim()} onChoose=${setText} />
      <${CronField} text=${text} onType=${setText} answer=${answer} />
      ${
    elsewhere && view`
        <${Notice} tone="warn" alert>
          ${t("schedule.changed_elsewhere", { schedule: scheduler.schedule })}
        </${Notice}>`
  }
      <h3>${t("schedule.next_five")}</h3>
      <${Runs} runs=${answer.runs} />
      <div class="step-actions">
        ${
    dirty && view`
          <${Button} onClick=${() => setDraft(null)}>${t("schedule.revert")}</${Button}>`
  }
        <${Button} kind="primary" asks type="submit" busy=${busy} disabled=${
    !dirty || answer.runs === null
  }>
          ${t("schedule.save")}
        </${Button}>
      </div>
    </form>`;
}

function Presets({ chosen, onChoose }) {
  const chip = ([name, cron]) =>
    view`
      <button type="button" key=${name} aria-pressed=${chosen === cron} onClick=${() =>
      onChoose(cron)}>
        ${t(`schedule.preset.${name}`)}
      </button>`;
  return view`
    <div class="chips" role="group" aria-label=${t("schedule.presets")}>
      ${Object.entries(PRESETS).map(chip)}
    </div>`;
}

function CronField({ text, onType, answer }) {
  const words = answer.problem
    ? view`<${Notice} tone="danger">${answer.problem}</${Notice}>`
    : view`
      <strong>${describeCron(text)}</strong>
      <small>${t("schedule.zone", { zone: answer.zone })}</small>`;
  return view`
    <label class="field">
      <span>${t("schedule.cron")} <small>${t("schedule.cron_hint")}</small></span>
      <input class="mono" value=${text} spellcheck=${false} autocomplete="off" autocapitalize="none"
        aria-describedby="cron-words" aria-invalid=${answer.problem !== ""}
        onInput=${(event) => onType(event.currentTarget.value)} />
    </label>
    <div id="cron-words" class="cron-words" aria-live="polite">${words}</div>`;
}

/** Five lines, filled or not: the page below them never moves. */
function Runs({ runs }) {
  const line = (_, index) => {
    const at = runs?.[index];
    return view`
      <li key=${index}>
        <span>${at ? formatWhen(at) : "–"}</span>
        ${at && view`<small><${Age} at=${at} /></small>`}
      </li>`;
  };
  return view`<ol class="runs">${Array.from({ length: 5 }, line)}</ol>`;
}

function LastRun({ scheduler }) {
  const { last_run: at, last_status, last_error } = scheduler;
  if (at === null) return view`<p class="hint">${t("schedule.never_ran")}</p>`;
  const failed = last_status === "失败";
  const tone = failed ? "tone-danger" : "tone-ok";
  const words = t(failed ? "schedule.failed" : "schedule.succeeded");
  return view`
    <p class="hint">
      ${t("schedule.last_run")} <${Age} at=${at} /> · <strong class=${tone}>${words}</strong>
    </p>
    ${failed && last_error && view`<${Notice} tone="danger">${last_error}</${Notice}>`}`;
}

/** Asks the server about an expression as it is typed: it alone decides. */
function useNextRuns(schedule) {
  const [answer, setAnswer] = useState({ runs: null, zone: "", problem: "" });
  const { returns } = useStore();
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      try {
        const { next_runs: runs, time_zone: zone } = await api.nextRuns(
          schedule,
          controller.signal,
        );
        setAnswer({ runs, zone, problem: "" });
      } catch (error) {
        if (controller.signal.aborted) return;
        const problem = error.message;
        setAnswer({ runs: null, zone: "", problem });
      }
    };
    const timer = setTimeout(ask, 200);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [schedule, language(), returns]);
  return answer;
}
