import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { BackupBadges } from "../components/badge.js";
import { Button } from "../components/button.js";
import { JobProgress } from "../components/job_progress.js";
import { Empty, Notice, Skeleton } from "../components/notice.js";
import { formatBytes, formatDateTime } from "../format.js";
import { t } from "../i18n/mod.js";
import { beginSession, currentToken } from "../session.js";
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
  if (backup === undefined) {
    return view`
      <h1 tabindex="-1">${t("restore.title")}</h1>
      <${Empty} icon="archive" title=${t("restore.unknown")}
        action=${view`<a class="button button-plain" href="#/backups">${
      t("restore.back_to_list")
    }</a>`} />
    `;
  }
  return view`<${Flow} key=${id} backup=${backup} />`;
}

function Flow({ backup }) {
  const { jobs } = useStore();
  const [step, setStep] = useState("choose");
  const [choices, setChoices] = useState(() => defaultChoices(backup));
  const [preview, setPreview] = useState(null);
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
    // A restored users table may not know the library's administrator any more: this token still does.
    if (started.restore_token && currentToken() !== null) beginSession(started.restore_token);
    jobStarted(started);
    setJobId(started.job_id);
    setStep("progress");
  };
  return view`
    <div class="restore">
      <header class="view-head">
        <div>
          <h1 tabindex="-1">${t("restore.title")}</h1>
          <p><code>${backup.backup_id}</code> · ${
    formatDateTime(
      backup.created_at_utc,
    )
  } · ${formatBytes(backup.file_size)}</p>
          <${BackupBadges} backup=${backup} />
        </div>
      </header>
      <ol class="steps" aria-label=${t("restore.steps")}>${
    STEPS.map((one, index) =>
      view`
          <li key=${one}
            aria-current=${one === step ? "step" : null} data-done=${index < STEPS.indexOf(step)}>
                <span class="step-number">${index + 1}</span><span>${
        t(
          `restore.step.${one}`,
        )
      }</span></li>
        `
    )
  }</ol>
      <section class="card step" aria-labelledby="step-title">
          <h2 id="step-title" class="step-title" tabindex="-1">${t(`restore.${step}.title`)}</h2>
          ${
    step === "choose" && view`
            <${RestoreChoices} backup=${backup} choices=${choices} onChange=${setChoices}
              onNext=${() => setStep("preview")} />
          `
  }
          ${
    step === "preview" && view`
            <${RestorePreview} request=${
      requestOf(
        backup,
        choices,
      )
    } choices=${choices} onChange=${setChoices}
              onBack=${() => setStep("choose")} onNext=${(
      found,
    ) => (setPreview(found), setStep("confirm"))} />
          `
  }
          ${
    step === "confirm" && view`
            <${RestoreConfirm} backup=${backup} choices=${choices} preview=${preview}
              onBack=${() => setStep("preview")} onStart=${start} />
          `
  }
          ${
    step === "progress" &&
    view`<${Progress} jobId=${undoId ?? jobId} onUndo=${setUndoId} />`
  }
        </section>
    </div>
  `;
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
  const ended = job.state !== "running";
  return view`<${JobProgress} job=${job} />
    ${job.state === "done" && job.kind === "restore" && view`<p>${t("restore.after")}</p>`}
    ${
    ended && view`<div class="step-actions">
      <a class="button button-plain" href="#/overview"><span>${t("restore.to_overview")}</span></a>
      ${
      job.state === "done" && job.kind === "restore" && view`<${UndoButton} onStarted=${onUndo} />`
    }
      ${
      job.state !== "done" &&
      view`<${Button} onClick=${() => location.hash = "#/backups"}>${
        t("restore.back_to_list")
      }</${Button}>`
    }
    </div>`
  }
    ${!ended && view`<${Notice} tone="info">${t("restore.running_library")}</${Notice}>`}`;
}
