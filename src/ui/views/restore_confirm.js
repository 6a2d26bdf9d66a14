import { useState, view } from "../dom.js";
import { Button } from "../components/button.js";
import { Notice } from "../components/notice.js";
import { Problem } from "../components/problem.js";
import { TypedConfirmation } from "../components/typed_confirmation.js";
import { formatList } from "../format.js";
import { t } from "../i18n/mod.js";

/**
 * Step three: the id typed by hand, so that nobody restores by a slip.
 *
 * @param {{backup: any, choices: any, onBack: () => void, onStart: () => Promise<void>}} props
 */
export function RestoreConfirm({ backup, choices, onBack, onStart }) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const right = typed.trim() === backup.backup_id;
  const submit = async (event) => {
    event.preventDefault();
    if (!right || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onStart();
    } catch (error) {
      // It may have begun all the same: nobody starts it a second time without meaning to.
      if (error.status === undefined) setTyped("");
      setProblem(error);
      setBusy(false);
    }
  };
  const parts = formatList(choices.parts.map((part) => t(`part.${part}`)));
  return view`
    <form onSubmit=${submit}>
      <p>${t("confirm.text", { parts })}</p>
      ${
    choices.snapshot
      ? view`<${Notice} tone="ok">${t("confirm.snapshot")}</${Notice}>`
      : view`<${Notice} tone="danger">${t("confirm.no_snapshot")}</${Notice}>`
  }
      ${problem && view`<${Problem} error=${problem} />`}
      ${
    problem !== null && problem.status === undefined &&
    view`<${Notice} tone="warn">${t("confirm.unknown")}</${Notice}>`
  }
      <${TypedConfirmation} label=${t("confirm.type")} wanted=${backup.backup_id} typed=${typed}
        onType=${setTyped} />
      <div class="step-actions">
        <${Button} onClick=${onBack}>${t("back")}</${Button}>
        <${Button} kind="danger" icon="restore" asks type="submit" busy=${busy} disabled=${!right}>
          ${t("confirm.start")}
        </${Button}>
      </div>
    </form>`;
}
