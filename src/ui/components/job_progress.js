import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { t } from "../i18n/mod.js";
import { adviceFor, describeJobEnd, jobTitle, phaseWords, progressWords } from "../job_words.js";
import { formatNext, percent } from "../format.js";
import { isLackOfSpace } from "../space.js";
import { state, toast } from "../store.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";
import { MakeSpace } from "./problem.js";

/**
 * One job from its start to its end, in a box that keeps its size.
 *
 * @param {{job: Record<string, any>, action?: unknown}} props `action` is shown once the job ended.
 */
export function JobProgress({ job, action }) {
  return job.state === "running"
    ? view`<${Running} job=${job} />`
    : view`<${Ended} job=${job} action=${action} />`;
}

function Running({ job }) {
  const [asked, setAsked] = useState(false);
  const cancel = async () => {
    setAsked(true);
    try {
      await api.cancel(job.job_id);
    } catch (error) {
      setAsked(false);
      toast(error.message, "error");
    }
  };
  const { done_bytes: done, total_bytes: total, cancellable } = job;
  const known = total > 0;
  const phase = phaseWords(job.phase);
  const bar = known ? { value: done, max: total } : {};
  const { online, silentSince } = state;
  const numbers = online
    ? progressWords(job) || t("job.working")
    : t("job.no_news", { time: silentSince === null ? "" : formatNext(silentSince) });
  const stop = view`
    <${Button} kind="quiet" small asks busy=${asked} onClick=${cancel}>${
    t("job.cancel")
  }</${Button}>`;
  return view`
    <div class="job" data-state="running">
      <div class="job-head">
        <strong>${jobTitle(job)}</strong>
        <span class="job-phase">${phase}</span>
        ${known && view`<span class="job-percent">${percent(done, total)} %</span>`}
      </div>
      <progress class=${online ? "" : "progress-stale"} aria-label=${`${
    jobTitle(job)
  }: ${phase}`} ...${bar}></progress>
      <div class="job-foot">
        <span class="job-numbers">${numbers}</span>
        ${cancellable !== false && stop}
      </div>
    </div>`;
}

const END_ICONS = { done: "check_circle", failed: "alert", cancelled: "info" };

function Ended({ job, action }) {
  const { state, warnings = [] } = job;
  const full = state === "failed" && isLackOfSpace(job.error);
  const advice = state === "failed" ? adviceFor(job) : "";
  const warning = (text, index) => view`<li key=${index}>${text}</li>`;
  return view`
    <div class="job" data-state=${state}>
      <div class="job-head job-end">
        <${Icon} name=${END_ICONS[state] ?? "info"} />
        <p>${describeJobEnd(job)}</p>
      </div>
      ${advice && view`<p class="job-advice">${advice}</p>`}
      ${warnings.length > 0 && view`<ul class="job-warnings">${warnings.map(warning)}</ul>`}
      ${
    (full || action) && view`<div class="job-foot">${full && view`<${MakeSpace} />`}${action}</div>`
  }
    </div>`;
}
