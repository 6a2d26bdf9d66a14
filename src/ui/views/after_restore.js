import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { JobProgress } from "../components/job_progress.js";
import { Notice, Skeleton } from "../components/notice.js";
import { Offline } from "../components/offline.js";
import { Mark, Tools } from "../components/tools.js";
import { readJobEvents } from "../events.js";
import { t } from "../i18n/mod.js";
import { currentToken, endSession, regainAccount } from "../session.js";
import { UndoButton } from "./undo_bar.js";

const AGAIN_MS = 2000;

/**
 * What is left to an administrator whom the restored library does not know: the restore's end, and the way back.
 *
 * @param {{access: {jobId: string, token: string}}} props
 */
export function AfterRestoreView({ access }) {
  const { token } = access;
  const [jobId, setJobId] = useState(access.jobId);
  const job = useJob(jobId, token);
  const undone = job?.state === "done" && job.kind === "undo";
  useEffect(() => {
    if (undone) void comeBack();
  }, [undone]);
  const restored = job?.state === "done" && job.kind === "restore";
  const leave = view`
    <${Button} onClick=${() => endSession("signed_out")}>${t("after_restore.leave")}</${Button}>`;
  const undo = view`
    <${UndoButton} token=${token} onStarted=${setJobId} />`;
  return view`
    <div class="sign-in">
      <header class="top top-plain"><span></span><${Tools} /></header>
      <main id="content">
        <div class="sign-in-box after-restore">
          <div class="sign-in-brand"><${Mark} /><h1 tabindex="-1">${
    t("after_restore.title")
  }</h1></div>
          <${Offline} />
          <${Notice} tone="warn">${t("after_restore.text")}</${Notice}>
          ${
    job === null
      ? view`<${Skeleton} lines=${3} />`
      : view`<${JobProgress} job=${{ ...job, cancellable: false }} />`
  }
          <div class="step-actions">${leave}${restored && undo}</div>
        </div>
      </main>
    </div>`;
}

/** Follows one job by a token that opens nothing else. */
function useJob(jobId, token) {
  const [job, setJob] = useState(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer = 0;
    const look = async () => {
      try {
        const found = await api.job(jobId, token);
        if (signal.aborted) return;
        setJob(found);
        if (found.state !== "running" || await readJobEvents(jobId, setJob, signal, token)) return;
      } catch (error) {
        if (signal.aborted) return;
        // The restore's token has ended too: only signing in anew is left.
        if (error.status === 401 || error.status === 403) return endSession("expired");
      }
      timer = setTimeout(look, AGAIN_MS);
    };
    void look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [jobId]);
  return job;
}

/** After the undo the library knows its administrator again. */
async function comeBack() {
  try {
    await api.tryToken(currentToken());
    regainAccount();
  } catch {
    // It does not: what is in sight stays true.
  }
}
