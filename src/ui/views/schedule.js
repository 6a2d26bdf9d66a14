import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Notice, Skeleton } from "../components/notice.js";
import { LoadFailed } from "../components/load_failed.js";
import { Age } from "../components/time.js";
import { describeCron } from "../cron_words.js";
import { formatWhen } from "../format.js";
import { t } from "../i18n/mod.js";
import { toast, useStore } from "../store.js";
import { changed } from "../sync.js";
import { Retention } from "./retention.js";

const PRESETS = [["daily", "0 2 * * *"], ["twice", "0 2,14 * * *"], ["six_hours", "0 */6 * * *"], [
  "weekly",
  "0 2 * * 0",
], ["monthly", "0 3 1 * *"]];

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
      <section class="card" aria-labelledby="auto-title"><h2 id="auto-title">${
    t(
      "schedule.title",
    )
  }</h2>
          ${
    loaded
      ? view`<${Automatic} key=${scheduler.schedule} scheduler=${scheduler} />`
      : view`<${Skeleton} lines=${8} />`
  }</section>
      <section class="card" aria-labelledby="retention-title"><h2 id="retention-title">${
    t(
      "retention.title",
    )
  }</h2>
          ${loaded ? view`<${Retention} />` : view`<${Skeleton} lines=${5} />`}</section>
    </div>
  `;
}

function Automatic({ scheduler }) {
  const [text, setText] = useState(scheduler.schedule);
  const [busy, setBusy] = useState("");
  const answer = useNextRuns(text);
  const on = scheduler.auto_backup_enabled;
  const run = async (name, work, words) => {
    setBusy(name);
    try {
      await work();
      toast(t(words));
      await changed();
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy("");
  };
  const save = (event) => {
    event.preventDefault();
    if (answer.runs) void run("save", () => api.setSchedule(text.trim()), "schedule.saved");
  };
  const dirty = text.trim() !== scheduler.schedule;
  return view`
    <button type="button" class="switch" role="switch" aria-checked=${on} disabled=${busy !== ""}
      onClick=${() =>
    run("flip", on ? api.disable : api.enable, on ? "schedule.now_off" : "schedule.now_on")}>
      <span class="switch-track" aria-hidden="true"></span><span>${
    t(
      "schedule.switch",
    )
  }</span></button>
    <${LastRun} scheduler=${scheduler} />
    <form onSubmit=${save}>
      <div class="chips" role="group" aria-label=${t("schedule.presets")}>${
    PRESETS.map((
      [name, cron],
    ) =>
      view`
          <button type="button"
            key=${name} aria-pressed=${text.trim() === cron} onClick=${() => setText(cron)}>${
        t(
          `schedule.preset.${name}`,
        )
      }</button>
        `
    )
  }</div>
      <label class="field"><span>${t("schedule.cron")} <small>${
    t(
      "schedule.cron_hint",
    )
  }</small></span>
        <input class="mono" value=${text} spellcheck=${false} autocomplete="off" autocapitalize="none" aria-describedby="cron-words"
          aria-invalid=${answer.problem ? "true" : "false"} onInput=${(event) =>
    setText(event.currentTarget.value)} /></label>
      <div id="cron-words" class="cron-words" aria-live="polite">
        ${
    answer.problem
      ? view`<${Notice} tone="danger">${answer.problem}</${Notice}>`
      : view`<strong>${describeCron(text)}</strong><small>${
        t("schedule.zone", { zone: answer.zone ?? scheduler.time_zone })
      }</small>`
  }
      </div>
      <h3>${t("schedule.next_five")}</h3>
      <ol class="runs">${
    Array.from({ length: 5 }, (_, index) => {
      const time = answer.runs?.[index];
      return view`<li key=${index}>${
        time
          ? view`<span>${formatWhen(time)}</span><small><${Age} at=${time} /></small>`
          : view`<span>–</span>`
      }</li>`;
    })
  }</ol>
      <div class="step-actions">
        ${
    dirty &&
    view`<${Button} onClick=${() => setText(scheduler.schedule)}>${
      t("schedule.revert")
    }</${Button}>`
  }
        <${Button} kind="primary" type="submit" busy=${busy === "save"} disabled=${
    !dirty ||
    !answer.runs
  }>${t("schedule.save")}</${Button}>
      </div>
    </form>
  `;
}

function LastRun({ scheduler }) {
  const { last_run, last_status, last_error } = scheduler;
  if (last_run === null) return view`<p class="hint">${t("schedule.never_ran")}</p>`;
  const failed = last_status === "失败";
  return view`
    <p
      class="hint">${t("schedule.last_run")} <${Age} at=${last_run} /> · <strong class=${
    failed ? "tone-danger" : "tone-ok"
  }>${t(failed ? "schedule.failed" : "schedule.succeeded")}</strong></p>
        ${failed && last_error && view`<${Notice} tone="danger">${last_error}</${Notice}>`}
  `;
}

/** Asks the server about an expression as it is typed: it alone decides. */
function useNextRuns(text) {
  const [answer, setAnswer] = useState({ runs: null, zone: null, problem: "" });
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await api.nextRuns(text.trim(), controller.signal);
        setAnswer({ runs: found.next_runs, zone: found.time_zone, problem: "" });
      } catch (error) {
        if (controller.signal.aborted) return;
        setAnswer({
          runs: null,
          zone: null,
          problem: error.status === undefined ? t("offline") : error.message,
        });
      }
    }, 200);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, document.documentElement.lang]);
  return answer;
}
