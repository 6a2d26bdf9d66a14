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
  return view`<${Dialog} title=${t("delete.title", { n: targets.length })} onClose=${() =>
    onClose(problems.length > 0)} actions=${view`
    <${Button} onClick=${() => onClose(problems.length > 0)}>${t("cancel")}</${Button}>
    <${Button} kind="danger" icon="trash" busy=${busy} disabled=${
    targets.length ===
      0
  } onClick=${remove}>
      ${t("delete.confirm", { size: formatBytes(bytes) })}</${Button}>
  `}>
    ${problems.map((text) => view`<${Notice} key=${text} tone="danger" alert>${text}</${Notice}>`)}
    ${targets.length > 0 && view`<p>${t("delete.text")}</p>`}
    <ul class="plain-list">${
    targets.map((one) =>
      view`<li key=${one.backup_id}><code>${one.backup_id}</code>
      <small>${formatAge(one.created_at_utc)} · ${formatBytes(one.file_size)}</small></li>`
    )
  }</ul>
    ${takesLast && view`<${Notice} tone="warn">${t("delete.latest")}</${Notice}>`}
    ${
    kept.length > 0 && view`<${Notice} tone="info">${
      t("delete.kept", { ids: kept.map((one) => one.backup_id).join(", ") })
    }</${Notice}>`
  }
  </${Dialog}>`;
}
