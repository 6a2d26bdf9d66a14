import { view } from "../dom.js";
import { formatBytes, percent } from "../format.js";
import { t } from "../i18n/mod.js";
import { go, useRoute } from "../router.js";
import { dismissToast, setState, useStore } from "../store.js";
import { dismissJob, jobsInSight } from "../sync.js";
import { Button, IconButton } from "./button.js";
import { Icon } from "./icon.js";
import { JobProgress } from "./job_progress.js";

/** What is going on, in a corner above everything: it moves nothing on the page. */
export function JobPanel() {
  const { upload, interruptedUpload, toasts } = useStore();
  const route = useRoute();
  const jobs = jobsInSight().filter((job) =>
    job.kind !== "upload" &&
    !(route.view === "restore" && (job.kind === "restore" || job.kind === "undo"))
  );
  return view`<section class="panel" aria-label=${t("panel.label")}>
    ${upload && view`<${UploadProgress} upload=${upload} />`}
    ${
    interruptedUpload && view`
      <div class="panel-card" data-state="failed">
        <div class="job">
          <div class="job-head job-end">
            <${Icon} name="alert" />
            <p>${t("upload.interrupted", { name: interruptedUpload.name })}</p>
          </div>
        </div>
        <${IconButton} icon="close" label=${t("dismiss")} onClick=${() =>
      setState({ interruptedUpload: null })} />
      </div>
    `
  }
    ${
    jobs.map((job) =>
      view`<div key=${job.job_id} class="panel-card" data-state=${job.state}>
      <${JobProgress} job=${job} action=${endAction(job)} />
      ${
        job.state !== "running" && view`
          <${IconButton} icon="close" label=${t("dismiss")}
            onClick=${() => dismissJob(job.job_id)} />
        `
      }
    </div>`
    )
  }
    ${
    toasts.map((one) =>
      view`
        <div key=${one.id} class=${`panel-card toast toast-${one.kind}`}>
          <${Icon} name=${one.kind === "ok" ? "check_circle" : "alert"} />
          <p>${one.text}</p>
          <${IconButton} icon="close" label=${t("dismiss")} onClick=${() => dismissToast(one.id)} />
        </div>
      `
    )
  }
  </section>`;
}

function endAction(job) {
  const show = (path) => {
    dismissJob(job.job_id);
    go(path);
  };
  if (job.state === "done" && job.kind === "create" && job.backup_id) {
    return view`<${Button} kind="quiet" small onClick=${() => show(`backups/${job.backup_id}`)}>${
      t("job.show_backup")
    }</${Button}>`;
  }
  if (job.state === "failed") {
    return view`<${Button} kind="quiet" small onClick=${() => show("history")}>${
      t("job.show_history")
    }</${Button}>`;
  }
  return null;
}

function UploadProgress({ upload }) {
  const words = upload.phase === "check"
    ? t("upload.checking")
    : t("job.bytes_of", { done: formatBytes(upload.sent), total: formatBytes(upload.size) });
  const bar = upload.phase === "check" ? {} : { value: upload.sent, max: upload.size || 1 };
  return view`
    <div class="panel-card" data-state="running">
      <div class="job">
        <div class="job-head"><strong>${t("upload.title")}</strong>
          <span class="job-phase">${upload.name}</span>
          ${
    upload.phase === "send" &&
    view`<span class="job-percent">${percent(upload.sent, upload.size)} %</span>`
  }
        </div>
        <progress aria-label=${t("upload.title")} ...${bar}></progress>
        <div class="job-foot"><span class="job-numbers">${words}</span>
          ${
    upload.phase === "send" &&
    view`<${Button} kind="quiet" small onClick=${upload.abort}>${t("job.cancel")}</${Button}>`
  }
        </div>
      </div>
    </div>
  `;
}
