import { useEffect, view } from "../dom.js";
import { api } from "../api.js";
import { BackupBadges } from "../components/badge.js";
import { JobProgress } from "../components/job_progress.js";
import { Empty, Notice, Skeleton } from "../components/notice.js";
import { formatBytes, formatDateTime } from "../format.js";
import { t } from "../i18n/mod.js";
import { replace, useRoute } from "../router.js";
import { useStore } from "../store.js";
import { jobStarted } from "../sync.js";
import { RestoreConfirm } from "./restore_confirm.js";
import { RestoreChoices } from "./restore_choices.js";
import { useFlow } from "./restore_flow.js";
import { RestorePreview } from "./restore_preview.js";
import { undoableRestore, UndoButton } from "./undo_bar.js";

const STEPS = ["choose", "preview", "confirm", "progress"];

/** From a backup back to a running library in four short steps. @param {{id: string | null}} props */
export function RestoreView({ id }) {
  const { loaded, backups } = useStore();
  const route = useRoute();
  const backup = backups.find((one) => one.backup_id === id);
  if (!loaded) return view`<${Skeleton} lines=${8} />`;
  if (route.step === "progress" && route.job !== null) {
    return view`<${Going} backup=${backup} id=${id} jobId=${route.job} />`;
  }
  if (backup === undefined) return view`<${Unknown} />`;
  return view`<${Coming} key=${id} backup=${backup} route=${route} />`;
}

function Unknown() {
  const back = view`<a class="button button-plain" href="#/backups">${
    t("restore.back_to_list")
  }</a>`;
  return view`
    <h1 tabindex="-1">${t("restore.title")}</h1>
    <${Empty} icon="archive" title=${t("restore.unknown")} action=${back} />`;
}

/** The steps before anything happens; each is an entry of the browser's history. */
function Coming({ backup, route }) {
  const { jobs } = useStore();
  const flow = useFlow(backup, route);
  const { choices, step } = flow;
  const id = backup.backup_id;
  // One that already runs is shown, whoever started it.
  const running = jobs.find((job) =>
    job.kind === "restore" && job.state === "running" && job.backup_id === id
  );
  const jobId = flow.jobId ?? running?.job_id ?? null;
  useEffect(() => {
    if (jobId === null) flow.settle();
    else flow.showJob(jobId);
  });
  const start = async () => {
    const started = await api.restore(requestOf(backup, choices));
    jobStarted(started);
    flow.start(started.job_id);
  };
  const back = () => history.back();
  const steps = {
    choose: () =>
      view`
        <${RestoreChoices} backup=${backup} choices=${choices} onChange=${flow.choose}
          onNext=${() => flow.next("preview")} />`,
    preview: () =>
      view`
        <${RestorePreview} request=${requestOf(backup, choices)} choices=${choices}
          onChange=${flow.choose} onBack=${back} onNext=${() => flow.next("confirm")} />`,
    confirm: () =>
      view`
        <${RestoreConfirm} backup=${backup} choices=${choices} onBack=${back} onStart=${start} />`,
  };
  return view`<${Step} backup=${backup} step=${step}>${steps[step]()}</${Step}>`;
}

/** The restore itself, or its undo; found again under its address. */
function Going({ backup, id, jobId }) {
  const { jobs } = useStore();
  const job = jobs.find((one) => one.job_id === jobId);
  useEffect(() => {
    if (job !== undefined) return;
    const forgotten = (error) => error.status === 404 && replace(`restore/${id}`, null);
    api.job(jobId).catch(forgotten);
  }, [jobId]);
  const show = (undoId) => replace(`restore/${id}/progress/${undoId}`);
  return view`
    <${Step} backup=${backup} step="progress">
      ${job ? view`<${Progress} job=${job} onUndo=${show} />` : view`<${Skeleton} lines=${3} />`}
    </${Step}>`;
}

function Step({ backup, step, children }) {
  useEffect(() => {
    scrollTo(0, 0);
    document.querySelector(".step-title")?.focus({ preventScroll: true });
  }, [step]);
  return view`
    <div class="restore">
      <${Head} backup=${backup} />
      <${Steps} current=${step} />
      <section class="card step" aria-labelledby="step-title">
        <h2 id="step-title" class="step-title" tabindex="-1">${t(`restore.${step}.title`)}</h2>
        ${children}
      </section>
    </div>`;
}

function Head({ backup }) {
  const facts = backup !== undefined && view`
    <p>
      <code>${backup.backup_id}</code> · ${formatDateTime(backup.created_at_utc)} ·${" "}
      ${formatBytes(backup.file_size)}
    </p>
    <${BackupBadges} backup=${backup} />`;
  return view`
    <header class="view-head">
      <div>
        <h1 tabindex="-1">${t("restore.title")}</h1>
        ${facts}
      </div>
    </header>`;
}

function Steps({ current }) {
  const reached = STEPS.indexOf(current);
  const step = (name, index) =>
    view`
      <li key=${name} aria-current=${name === current ? "step" : null} data-done=${index < reached}>
        <span class="step-number">${index + 1}</span>
        <span>${t(`restore.step.${name}`)}</span>
      </li>`;
  return view`<ol class="steps" aria-label=${t("restore.steps")}>${STEPS.map(step)}</ol>`;
}

/** The body of restore and of its preview. */
function requestOf(backup, choices) {
  return {
    backup_id: backup.backup_id,
    includes: choices.parts,
    create_snapshot: choices.snapshot,
    covers_mode: choices.coversMode,
    machine_keys: choices.machineKeys,
    force: choices.force,
    library_stopped: choices.libraryStopped,
    upgrade_schema: choices.upgradeSchema,
  };
}

function Progress({ job, onUndo }) {
  const { jobs } = useStore();
  if (job.state === "running") {
    return view`
      <${JobProgress} job=${job} />
      <${Notice} tone="info">${t("restore.running_library")}</${Notice}>`;
  }
  const restored = job.state === "done" && job.kind === "restore";
  const undoable = undoableRestore(jobs)?.job_id === job.job_id;
  return view`
    <${JobProgress} job=${job} />
    ${restored && view`<p>${t("restore.after")}</p>`}
    <div class="step-actions">
      <a class="button button-plain" href="#/overview"><span>${t("restore.to_overview")}</span></a>
      ${undoable && view`<${UndoButton} onStarted=${onUndo} />`}
    </div>`;
}
