import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { formatAge, formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { state, toast } from "../store.js";
import { changed } from "../sync.js";

/**
 * Deletes one or more backups after naming them.
 *
 * @param {{backups: any[], onClose: (done: boolean) => void}} props
 */
export function DeleteDialog({ backups, onClose }) {
  // The list changes under the dialog while it deletes.
  const [targets] = useState(backups.filter((one) => !one.pinned && !one.in_use));
  const [kept] = useState(backups.filter((one) => one.pinned || one.in_use));
  const [problems, setProblems] = useState([]);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    const failed = [];
    for (const one of targets) {
      try {
        await api.remove(one.backup_id);
      } catch (error) {
        if (error.status !== 404) failed.push(`${one.backup_id}: ${error.message}`);
      }
    }
    await changed();
    if (failed.length > 0) {
      setProblems(failed);
      setBusy(false);
      return;
    }
    toast(t("delete.done", { n: targets.length }));
    onClose(true);
  };
  const bytes = targets.reduce((total, one) => total + one.file_size, 0);
  const takesLast = state.stats?.latest_verified &&
    targets.some((one) => one.backup_id === state.stats.latest_verified.backup_id);
  const close = () => onClose(problems.length > 0);
  const actions = view`
    <${Button} onClick=${close}>${t("cancel")}</${Button}>
    <${Button} kind="danger" icon="trash" busy=${busy} disabled=${
    targets.length === 0
  } onClick=${remove}>
      ${t("delete.confirm", { size: formatBytes(bytes) })}
    </${Button}>`;
  const problem = (text) => view`<${Notice} key=${text} tone="danger" alert>${text}</${Notice}>`;
  const ids = kept.map((one) => one.backup_id).join(", ");
  return view`
    <${Dialog} title=${
    t("delete.title", { n: targets.length })
  } onClose=${close} actions=${actions}>
      ${problems.map(problem)}
      ${targets.length > 0 && view`<p>${t("delete.text")}</p>`}
      <ul class="plain-list">${targets.map(Target)}</ul>
      ${takesLast && view`<${Notice} tone="warn">${t("delete.latest")}</${Notice}>`}
      ${ids && view`<${Notice} tone="info">${t("delete.kept", { ids })}</${Notice}>`}
    </${Dialog}>`;
}

function Target({ backup_id: id, created_at_utc: at, file_size: bytes }) {
  return view`
    <li key=${id}>
      <code>${id}</code>
      <small>${formatAge(at)} · ${formatBytes(bytes)}</small>
    </li>`;
}
