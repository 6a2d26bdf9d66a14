import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { CopyText } from "../components/copy_text.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";

/** Downloads by a one-use link, after saying what is inside. @param {{backup: Record<string, any>, onClose: () => void}} props */
export function DownloadDialog({ backup, onClose }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const link = document.createElement("a");
      link.href = await api.ticket(backup.backup_id);
      link.download = backup.file_name;
      link.click();
      onClose();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  };
  const size = formatBytes(backup.file_size);
  const actions = view`
    <${Button} onClick=${onClose}>${t("cancel")}</${Button}>
    <${Button} kind="primary" icon="download" asks busy=${busy} onClick=${download}>
      ${t("download.start", { size })}
    </${Button}>`;
  return view`
    <${Dialog} title=${t("download.title")} onClose=${onClose} actions=${actions}>
      ${problem && view`<${Notice} tone="danger" alert>${problem}</${Notice}>`}
      <${Notice} tone="warn">${t("download.secrets")}</${Notice}>
      ${
    backup.sha256 && view`
        <p class="hint">${t("download.compare")}</p>
        <dl class="stack">
          <div><dt>SHA-256</dt><dd><${CopyText} value=${backup.sha256} label="SHA-256" /></dd></div>
          <div><dt>MD5</dt><dd><${CopyText} value=${backup.checksum} label="MD5" /></dd></div>
        </dl>`
  }
    </${Dialog}>`;
}
