import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { formatBytes, formatNumber, formatWhen } from "../format.js";
import { t } from "../i18n/mod.js";
import { toast, useStore } from "../store.js";
import { changed } from "../sync.js";
import { Button } from "./button.js";
import { Notice } from "./notice.js";

/** How many files are named. */
const NAMED = 5;

/** The server's own warning: nobody looks at the schedule, for instance; nothing when it has none. */
export function ServerWarning() {
  const { warning } = useStore();
  return warning && view`<${Notice} tone="danger" alert>${warning}</${Notice}>`;
}

/** Backups that would go, and wait for somebody to agree. */
export function PendingRemoval() {
  const pending = useStore().stats?.pending_removal ?? null;
  const [busy, setBusy] = useState(false);
  if (pending === null) return null;
  const { backup_ids: ids, bytes, removes_at: at } = pending;
  const confirm = async () => {
    setBusy(true);
    try {
      const { removed } = await api.confirmRetention(ids);
      toast(t("delete.done", { n: removed.length }));
      await changed();
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy(false);
  };
  const action = view`
    <${Button} small asks kind="danger" icon="trash" busy=${busy} onClick=${confirm}>
      ${t("removal.confirm", { n: ids.length })}
    </${Button}>`;
  return view`
    <${Notice} tone="warn" action=${action}>
      <strong>${
    t("removal.waits", { n: formatNumber(ids.length), size: formatBytes(bytes) })
  }</strong>
      <p>${
    t(at === null ? "removal.until_confirmed" : "removal.until", { time: at && formatWhen(at) })
  }</p>
      <p><small>${nameSome(ids)}</small></p>
    </${Notice}>`;
}

/** What lies in the folder of backups and is not in the list, or is another library's. */
export function Strangers() {
  const { notShown, stats } = useStore();
  const others = stats?.other_libraries ?? [];
  const backups = others.reduce((sum, one) => sum + one.backups, 0);
  const bytes = others.reduce((sum, one) => sum + one.bytes, 0);
  const line = ({ file_name: name, detail }) =>
    view`<li key=${name}><code class="break">${name}</code> <small>${detail}</small></li>`;
  return view`
    ${
    backups > 0 && view`
      <${Notice} tone="warn">
        ${t("strangers.libraries", { n: formatNumber(backups), size: formatBytes(bytes) })}
      </${Notice}>`
  }
    ${
    notShown.length > 0 && view`
      <${Notice} tone="warn">
        <strong>${t("strangers.not_shown", { n: notShown.length })}</strong>
        <ul>${notShown.slice(0, NAMED).map(line)}</ul>
        ${
      notShown.length > NAMED &&
      view`<p>${t("detail.more", { n: formatNumber(notShown.length - NAMED) })}</p>`
    }
      </${Notice}>`
  }`;
}

function nameSome(ids) {
  const more = ids.length - NAMED;
  const names = ids.slice(0, NAMED).join(", ");
  return more > 0 ? `${names} ${t("detail.more", { n: formatNumber(more) })}` : names;
}
