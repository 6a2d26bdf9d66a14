import { view } from "../dom.js";
import { formatBytes, formatList, percent } from "../format.js";
import { t } from "../i18n/mod.js";
import { go, useRoute } from "../router.js";
import { dismissToast, setState, useStore } from "../store.js";
import { dismissJob, jobsInSight } from "../sync.js";
import { abortUploads } from "../upload.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { JobProgress } from "./job_progress.js";

/** What is going on, in a corner above everything: it moves nothing on the page. */
export function JobPanel() {
  const { upload, interruptedUpload, toasts } = useStore();
  const route = useRoute();
  const jobs = jobsInSight().filter((job) => !isShownElsewhere(job, route));
  return view`
    <section class="panel" aria-label=${t("panel.label")}>
      ${upload && view`<${UploadCard} upload=${upload} />`}
      ${interruptedUpload && view`<${InterruptedCard} cut=${interruptedUpload} />`}
      ${jobs.map((job) => view`<${JobCard} key=${job.job_id} job=${job} />`)}
      ${toasts.map((one) => view`<${ToastCard} key=${one.id} toast=${one} />`)}
    </section>`;
}

/** An upload has a card of its own; a restore is shown by its view. */
function isShownElsewhere({ kind }, { view, step }) {
  const isRestore = kind === "restore" || kind === "undo";
  return kind === "upload" || (isRestore && view === "restore" && step === "progress");
}

function Dismiss({ onClick }) {
  return view`<${IconButton} icon="close" label=${t("dismiss")} onClick=${onClick} />`;
}

function JobCard({ job }) {
  const { job_id: id, state } = job;
  return view`
    <div class="panel-card" data-state=${state}>
      <${JobProgress} job=${job} action=${endAction(job)} />
      ${state !== "running" && view`<${Dismiss} onClick=${() => dismissJob(id)} />`}
    </div>`;
}

function ToastCard({ toast }) {
  const { id, kind, text } = toast;
  return view`
    <div class=${`panel-card toast toast-${kind}`}>
      <${Icon} name=${kind === "ok" ? "check_circle" : "alert"} />
      <p>${text}</p>
      <${Dismiss} onClick=${() => dismissToast(id)} />
    </div>`;
}

function InterruptedCard({ cut }) {
  const name = formatList(cut.names);
  const words = t(cut.checking ? "upload.left_checking" : "upload.interrupted", { name });
  return view`
    <div class="panel-card toast toast-error">
      <${Icon} name="alert" />
      <p>${words}</p>
      <${Dismiss} onClick=${() => setState({ interruptedUpload: null })} />
    </div>`;
}

function endAction(job) {
  const { job_id: id, kind, state, backup_id: backupId } = job;
  const show = (path) => {
    dismissJob(id);
    go(path);
  };
  const action = (path, words) =>
    view`<${Button} kind="quiet" small onClick=${() => show(path)}>${t(words)}</${Button}>`;
  if (state === "failed") return action("history", "job.show_history");
  if (state === "done" && kind === "create" && backupId) {
    return action(`backups/${backupId}`, "job.show_backup");
  }
  return null;
}

function UploadCard({ upload }) {
  const { name, sent, size, phase, waiting, abort } = upload;
  const sending = phase === "send";
  const words = sending
    ? t("job.bytes_of", { done: formatBytes(sent), total: formatBytes(size) })
    : t("upload.checking");
  const bar = sending ? { value: sent, max: size || 1 } : {};
  const cancel = (words, onClick) =>
    view`<${Button} kind="quiet" small onClick=${onClick}>${t(words)}</${Button}>`;
  return view`
    <div class="panel-card" data-state="running">
      <div class="job">
        <div class="job-head">
          <strong>${t("upload.title")}</strong>
          <span class="job-phase">${name}</span>
          ${sending && view`<span class="job-percent">${percent(sent, size)} %</span>`}
        </div>
        <progress aria-label=${t("upload.title")} ...${bar}></progress>
        <div class="job-foot">
          <span class="job-numbers">
            ${words}${waiting > 0 && view` · ${t("upload.waiting", { n: waiting })}`}
          </span>
          <span class="job-actions">
            ${sending && cancel("job.cancel", abort)}
            ${waiting > 0 && cancel("upload.cancel_all", abortUploads)}
          </span>
        </div>
      </div>
    </div>`;
}
