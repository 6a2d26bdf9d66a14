import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { t } from "../i18n/mod.js";
import { adviceFor, describeJobEnd, jobTitle, phaseWords, progressWords } from "../job_words.js";
import { percent } from "../format.js";
import { toast } from "../store.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

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
  const known = job.total_bytes > 0;
  const label = `${jobTitle(job)}: ${phaseWords(job.phase)}`;
  return view`
    <div class="job" data-state="running">
      <div class="job-head">
          <strong>${jobTitle(job)}</strong>
          <span class="job-phase">${phaseWords(job.phase)}</span>
          ${
    known &&
    view`<span class="job-percent">${percent(job.done_bytes, job.total_bytes)} %</span>`
  }
        </div>
      <progress aria-label=${label} ...${
    known ? { value: job.done_bytes, max: job.total_bytes } : {}
  }></progress>
      <div class="job-foot">
          <span class="job-numbers">${progressWords(job) || t("job.working")}</span>
          ${
    job.cancellable !== false &&
    view`<${Button} kind="quiet" small busy=${asked} onClick=${cancel}>
        ${t("job.cancel")}</${Button}>`
  }
        </div>
    </div>
  `;
}

const END_ICONS = { done: "check_circle", failed: "alert", cancelled: "info" };

function Ended({ job, action }) {
  return view`<div class="job" data-state=${job.state}>
    <div class="job-head job-end">
      <${Icon} name=${END_ICONS[job.state] ?? "info"} />
      <p>${describeJobEnd(job)}</p>
    </div>
    ${job.state === "failed" && view`<p class="job-advice">${adviceFor(job)}</p>`}
    ${
    job.warnings?.length > 0 && view`<ul class="job-warnings">
      ${job.warnings.map((text, index) => view`<li key=${index}>${text}</li>`)}</ul>`
  }
    ${action && view`<div class="job-foot">${action}</div>`}
  </div>`;
}
