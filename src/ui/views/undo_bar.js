import { useState, view } from "../dom.js";
import { api, serverNow } from "../api.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { Problem } from "../components/problem.js";
import { Age } from "../components/time.js";
import { t } from "../i18n/mod.js";
import { useStore } from "../store.js";
import { jobStarted } from "../sync.js";

const OFFERED_FOR_MS = 48 * 3_600_000;

/** The restore that could be undone: the newest restore or undo, when it is a restore that ended well. */
export function undoableRestore(jobs) {
  const newest = jobs
    .filter((job) => (job.kind === "restore" || job.kind === "undo") && job.state === "done")
    .sort((a, b) => Date.parse(b.finished_at) - Date.parse(a.finished_at))[0];
  if (newest === undefined || newest.kind === "undo") return null;
  return serverNow() - Date.parse(newest.finished_at) < OFFERED_FOR_MS ? newest : null;
}

/** Says on the overview that the library was restored lately, and offers the way back. */
export function UndoBar() {
  const { jobs } = useStore();
  const job = undoableRestore(jobs);
  if (job === null) return null;
  return view`
    <${Notice} tone="info" action=${view`<${UndoButton} />`}>
      ${t("undo.restored", { id: job.backup_id ?? "" })} · <${Age} at=${job.finished_at} />
    </${Notice}>`;
}

/**
 * Undoes the last restore, after one question.
 *
 * @param {{onStarted?: (jobId: string) => void, token?: string}} props `token`: a restore's own, when the
 *   session's no longer opens anything.
 */
export function UndoButton({ onStarted, token }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const undo = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const started = await api.undo(token);
      if (token === undefined) jobStarted(started);
      onStarted?.(started.job_id);
      setAsking(false);
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const close = () => setAsking(false);
  const actions = view`
    <${Button} onClick=${close}>${t("cancel")}</${Button}>
    <${Button} kind="danger" icon="undo" asks busy=${busy} onClick=${undo}>${
    t("undo.confirm")
  }</${Button}>`;
  return view`
    <${Button} icon="undo" asks onClick=${() => setAsking(true)}>${t("undo.open")}</${Button}>
    ${
    asking && view`
      <${Dialog} title=${t("undo.title")} onClose=${close} actions=${actions}>
        ${problem && view`<${Problem} error=${problem} />`}
        <p>${t("undo.text")}</p>
        <p>${t("restore.running_library")}</p>
      </${Dialog}>`
  }`;
}
