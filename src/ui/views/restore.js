import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { BackupBadges } from "../components/badge.js";
import { JobProgress } from "../components/job_progress.js";
import { Empty, Notice, Skeleton } from "../components/notice.js";
import { formatBytes, formatDateTime } from "../format.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";
import { jobStarted } from "../sync.js";
import { RestoreConfirm } from "./restore_confirm.js";
import { defaultChoices, RestoreChoices } from "./restore_choices.js";
import { RestorePreview } from "./restore_preview.js";
import { UndoButton } from "./undo_bar.js";

const STEPS = ["choose", "preview", "confirm", "progress"];

/** From a backup back to a running library in four short steps. @param {{id: string | null}} props */
export function RestoreView({ id }) {
  const { loaded, backups } = useStore();
  const backup = backups.find((one) => one.backup_id === id);
  if (!loaded) return view`<${Skeleton} lines=${8} />`;
  if (backup === undefined) return view`<${Unknown} />`;
  return view`<${Flow} key=${id} backup=${backup} />`;
}

function Unknown() {
  const back = view`<a class="button button-plain" href="#/backups">${
    t("restore.back_to_list")
  }</a>`;
  return view`
    <h1 tabindex="-1">${t("restore.title")}</h1>
    <${Empty} icon="archive" title=${t("restore.unknown")} action=${back} />`;
}

function Flow({ backup }) {
  const { jobs } = useStore();
  const [step, setStep] = useState("choose");
  const [choices, setChoices] = useState(() => defaultChoices(backup));
  const [jobId, setJobId] = useState(null);
  const [undoId, setUndoId] = useState(null);
  // After a reload the running restore of this backup is found again.
  const running = jobs.find((job) =>
    job.kind === "restore" && job.state === "running" && job.backup_id === backup.backup_id
  );
  useEffect(() => {
    if (running && jobId === null) {
      setJobId(running.job_id);
      setStep("progress");
    }
  }, [running?.job_id]);
  useEffect(() => {
    scrollTo(0, 0);
    document.querySelector(".step-title")?.focus({ preventScroll: true });
  }, [step]);
  const start = async () => {
    const started = await api.restore(requestOf(backup, choices));
    jobStarted(started);
    setJobId(started.job_id);
    setStep("progress");
  };
  const steps = {
    choose: () =>
      view`
        <${RestoreChoices} backup=${backup} choices=${choices} onChange=${setChoices}
          onNext=${() => setStep("preview")} />`,
    preview: () =>
      view`
        <${RestorePreview} request=${
        requestOf(backup, choices)
      } choices=${choices} onChange=${setChoices}
          onBack=${() => setStep("choose")} onNext=${() => setStep("confirm")} />`,
    confirm: () =>
      view`
        <${RestoreConfirm} backup=${backup} choices=${choices} onBack=${() => setStep("preview")}
          onStart=${start} />`,
    progress: () => view`<${Progress} jobId=${undoId ?? jobId} onUndo=${setUndoId} />`,
  };
  return view`
    <div class="restore">
      <${Head} backup=${backup} />
      <${Steps} current=${step} />
      <section class="card step" aria-labelledby="step-title">
        <h2 id="step-title" class="step-title" tabindex="-1">${t(`restore.${step}.title`)}</h2>
        ${steps[step]()}
      </section>
    </div>`;
}

function Head({ backup }) {
  const { backup_id: id, created_at_utc: at, file_size: bytes } = backup;
  return view`
    <header class="view-head">
      <div>
        <h1 tabindex="-1">${t("restore.title")}</h1>
        <p><code>${id}</code> · ${formatDateTime(at)} · ${formatBytes(bytes)}</p>
        <${BackupBadges} backup=${backup} />
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
  };
}

function Progress({ jobId, onUndo }) {
  const { jobs } = useStore();
  const job = jobs.find((one) => one.job_id === jobId);
  if (job === undefined) return view`<${Skeleton} lines=${3} />`;
  if (job.state === "running") {
    return view`
      <${JobProgress} job=${job} />
      <${Notice} tone="info">${t("restore.running_library")}</${Notice}>`;
  }
  const restored = job.state === "done" && job.kind === "restore";
  return view`
    <${JobProgress} job=${job} />
    ${restored && view`<p>${t("restore.after")}</p>`}
    <div class="step-actions">
      <a class="button button-plain" href="#/overview"><span>${t("restore.to_overview")}</span></a>
      ${restored && view`<${UndoButton} onStarted=${onUndo} />`}
    </div>`;
}
