import { useEffect, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { PathList } from "../components/path_list.js";
import { formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { announce } from "../store.js";
import { changed } from "../sync.js";

/** Reads a whole backup back and says what is sound and what is not. @param {{backup: Record<string, any>, onClose: () => void}} props */
export function ValidateDialog({ backup, onClose }) {
  const [report, setReport] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let gone = false;
    api.validate(backup.backup_id).then((result) => {
      void changed();
      if (gone) return;
      setReport(result);
      announce(t(result.valid ? "validate.ok" : "validate.bad"));
    }, (error) => gone || setProblem(error.message));
    return () => {
      gone = true;
    };
  }, [backup.backup_id]);
  const done = report !== null || problem !== "";
  const actions = view`
    <${Button} kind=${done ? "primary" : "plain"} onClick=${onClose}>${t("close")}</${Button}>`;
  return view`
    <${Dialog} title=${t("validate.title")} onClose=${onClose} actions=${actions}>
      <p class="mono">${backup.backup_id} · ${formatBytes(backup.file_size)}</p>
      ${
    !done && view`
        <p>${t("validate.working")}</p>
        <progress aria-label=${t("validate.working")}></progress>`
  }
      ${problem && view`<${Notice} tone="danger" alert>${problem}</${Notice}>`}
      ${report?.valid === true && view`<${Notice} tone="ok">${t("validate.ok")}</${Notice}>`}
      ${report?.valid === false && view`<${Damage} report=${report} />`}
    </${Dialog}>`;
}

function Damage({ report }) {
  const paths = report.damaged ?? [];
  return view`
    <${Notice} tone="danger" alert>
      <strong>${t("validate.bad")}</strong>
      <p>${report.error}</p>
    </${Notice}>
    ${
    paths.length > 0 && view`
      <h3>${t("validate.damaged", { n: paths.length })}</h3>
      <${PathList} paths=${paths} />`
  }
    <p>${t("validate.advice")}</p>`;
}
