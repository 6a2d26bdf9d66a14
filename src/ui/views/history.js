import { html, useEffect, useState } from "../dom.js";
import { api } from "../api.js";
import { Badge } from "../components/badge.js";
import { Icon } from "../components/icon.js";
import { Empty, Notice, Skeleton } from "../components/notice.js";
import { Age, Moment } from "../components/time.js";
import { formatDuration } from "../format.js";
import { has, t } from "../i18n/mod.js";
import { adviceFor, jobTitle, phaseWords } from "../job_words.js";
import { useStore } from "../store.js";

const STATES = ["all", "running", "done", "failed", "cancelled"];
const RESULTS = ["all", "ok", "refused", "failed"];

/** What was done, by whom, with what result. */
export function HistoryView() {
  const [tab, setTab] = useState("jobs");
  return html`<div class="history">
    <header class="view-head"><div><h1 tabindex="-1">${t("nav.history")}</h1><p>${
    t("history.lead")
  }</p></div></header>
    <div class="segments" role="group" aria-label=${t("history.which")}>${
    ["jobs", "audit"].map((one) =>
      html`
        <button type="button"
          key=${one} aria-pressed=${tab === one} onClick=${() => setTab(one)}>${t(
            `history.${one}`,
          )}</button>
      `
    )
  }</div>
    ${tab === "jobs" ? html`<${JobList} />` : html`<${AuditList} />`}
  </div>`;
}

function Filter({ options, chosen, onChoose, words, onWords, name }) {
  return html`
    <div class="toolbar">
      <div class="chips" role="group" aria-label=${t("history.filter")}>${options.map((one) =>
        html`
          <button type="button" key=${one}
            aria-pressed=${chosen === one} onClick=${() => onChoose(one)}>${t(
              `${name}.${one}`,
            )}</button>
        `
      )}</div>
      <label
        class="search"><${Icon} name="search" size=${18} /><span class="sr-only">${t(
          "history.search",
        )}</span>
          <input type="search" placeholder=${t("history.search")} value=${words} onInput=${(
            event,
          ) => onWords(event.currentTarget.value)} /></label>
    </div>
  `;
}

const holds = (text, words) =>
  words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

function JobList() {
  const { jobs, loaded } = useStore();
  const [state, setState] = useState("all");
  const [words, setWords] = useState("");
  const found = jobs
    .filter((job) => state === "all" || job.state === state)
    .filter((job) =>
      holds(
        `${jobTitle(job)} ${job.backup_id ?? ""} ${job.actor} ${job.error?.detail ?? ""}`,
        words,
      )
    )
    .sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  return html`
    <${Filter} name="job.state" options=${STATES} chosen=${state} onChoose=${setState}
      words=${words} onWords=${setWords} />
        ${!loaded
          ? html`
            <div class="card">
              <${Skeleton} lines=${6} />
            </div>
          `
          : found.length === 0
          ? html`<${Empty} icon="list" title=${t("history.no_jobs")} />`
          : html`<ul class="log">${
            found.map((job) => html`<${JobRow} key=${job.job_id} job=${job} />`)
          }</ul>`}
  `;
}

const TONES = {
  done: "ok",
  failed: "danger",
  cancelled: "neutral",
  running: "accent",
  ok: "ok",
  refused: "warn",
};

function JobRow({ job }) {
  const seconds = job.finished_at
    ? (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000
    : null;
  return html`
    <li>
      <${Badge} tone=${TONES[job.state]}>${t(`job.state.${job.state}`)}<//>
        <div class="log-main"><strong>${jobTitle(job)}</strong>
          ${job.backup_id && html`
            <a href=${`#/backups/${job.backup_id}`}><code>${job.backup_id}</code></a>
          `}
          ${job.state === "running" && html`<small>${phaseWords(job.phase)}</small>`}
          ${job.state === "failed" && html`
            <p class="tone-danger">${job.error?.detail}</p>
            <p class="hint">${adviceFor(job)}</p>
          `}
          ${job.warnings?.map((text, index) =>
            html`<p key=${index} class="tone-warn">${text}</p>`
          )}</div>
        <div class="log-side"><${Age} at=${job.started_at} />
          <small>${job.actor}${seconds !== null && html`
            · ${formatDuration(seconds)}
          `}</small></div>
      </li>
  `;
}

function AuditList() {
  const { jobs } = useStore();
  const [rows, setRows] = useState(null);
  const [problem, setProblem] = useState("");
  const [result, setResult] = useState("all");
  const [words, setWords] = useState("");
  const ended = jobs.filter((job) => job.state !== "running").length;
  useEffect(() => {
    api.audit().then(
      setRows,
      (error) => setProblem(error.status === undefined ? t("offline") : error.message),
    );
  }, [ended]);
  if (problem) return html`<${Notice} tone="danger" alert>${problem}<//>`;
  const found = (rows ?? [])
    .filter((row) => result === "all" || row.result === result)
    .filter((row) =>
      holds(
        `${row.actor} ${sayAction(row)} ${row.target ?? ""} ${row.detail ?? ""} ${row.peer ?? ""}`,
        words,
      )
    );
  return html`
    <${Filter} name="audit.result" options=${RESULTS} chosen=${result} onChoose=${setResult}
      words=${words} onWords=${setWords} />
        ${rows === null
          ? html`
            <div class="card">
              <${Skeleton} lines=${6} />
            </div>
          `
          : found.length === 0
          ? html`<${Empty} icon="list" title=${t("history.no_audit")} />`
          : html`<ul class="log">${
            found.map((row, index) =>
              html`
                <li key=${`${row.at}${index}`}>
                  <${Badge} tone=${TONES[row.result]}>${t(`audit.result.${row.result}`)}<//>
                          <div class="log-main"><strong>${sayAction(row)}</strong>${row.target &&
                            html`
                              <code>${row.target}</code>
                            `}
                            ${row.detail && html`<small>${row.detail}</small>`}</div>
                          <div class="log-side"><${Moment} at=${row.at} /><small>${row
                            .actor}${row.peer ? ` · ${row.peer}` : ""}</small></div></li>
              `
            )
          }</ul>`}
  `;
}

function sayAction(row) {
  const key = `audit.action.${row.action}`;
  return has(key) ? t(key) : row.action;
}
