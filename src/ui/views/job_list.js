import { useState, view } from "../dom.js";
import { FilterBar } from "../components/filter_bar.js";
import { LogList, LogRow } from "../components/log_list.js";
import { Age } from "../components/time.js";
import { formatDuration } from "../format.js";
import { t } from "../i18n/mod.js";
import { adviceFor, describeJobEnd, jobTitle, phaseWords } from "../job_words.js";
import { holdsWords } from "../search_text.js";
import { useStore } from "../store.js";

const STATES = ["all", "running", "done", "failed", "cancelled"];

/** Every job that the server remembers. */
export function JobList() {
  const { jobs, loaded } = useStore();
  const [state, setState] = useState("all");
  const [words, setWords] = useState("");
  const found = jobs
    .filter((job) => state === "all" || job.state === state)
    .filter((job) => holdsWords(textOf(job).toLowerCase(), words))
    .sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  const options = STATES.map((value) => ({ value, text: t(`job.state.${value}`) }));
  const row = (job) => view`<${JobRow} key=${job.job_id} job=${job} />`;
  return view`
    <${FilterBar} label=${
    t("history.filter")
  } options=${options} chosen=${state} onChoose=${setState}
      search=${t("history.search")} words=${words} onWords=${setWords} />
    <${LogList} items=${loaded ? found : null} filter=${`${state} ${words}`} row=${row}
      label=${t("history.jobs")} empty=${t("history.no_jobs")} />`;
}

function textOf(job) {
  return [jobTitle(job), job.backup_id, job.file_name, job.actor, job.error?.detail].join(" ");
}

/** The backup that it made or used, and the file that was uploaded where that had another name. */
function Target({ job }) {
  const { backup_id: id, file_name: file } = job;
  return view`
    ${id && view`<a href=${`#/backups/${id}`}><code>${id}</code></a>`}
    ${file && file !== `${id}.zip` && view`<code>${file}</code>`}`;
}

function JobRow({ job }) {
  const { state, started_at: startedAt, finished_at: finishedAt } = job;
  const lasted = finishedAt === null
    ? null
    : formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  const advice = state === "failed" ? adviceFor(job) : "";
  const who = lasted === null ? job.actor : `${job.actor} · ${lasted}`;
  const warnings = job.warnings ?? [];
  return view`
    <${LogRow} result=${state} words=${t(`job.state.${state}`)} title=${
    jobTitle(job)
  } target=${view`<${Target} job=${job} />`}
      when=${view`<${Age} at=${startedAt} />`} who=${who}>
      ${state === "running" && view`<small>${phaseWords(job.phase)}</small>`}
      ${
    state === "failed" && view`
        <p class="tone-danger">${job.error?.detail || describeJobEnd(job)}</p>
        ${advice && view`<p class="hint">${advice}</p>`}`
  }
      ${warnings.map((text, index) => view`<p key=${index} class="tone-warn">${text}</p>`)}
    </${LogRow}>`;
}
