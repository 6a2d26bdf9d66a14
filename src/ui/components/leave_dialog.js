import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { leaving, useRoute } from "../router.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";

/** Asks before what is not saved is lost; nothing when nothing would be. */
export function LeaveDialog() {
  useRoute();
  const question = leaving();
  if (question === null) return null;
  const actions = view`
    <${Button} kind="danger" onClick=${question.go}>${t("leave.go")}</${Button}>
    <${Button} kind="primary" onClick=${question.stay}>${t("leave.stay")}</${Button}>`;
  return view`
    <${Dialog} title=${t("leave.title")} onClose=${question.stay} actions=${actions}>
      <p>${t("leave.text")}</p>
    </${Dialog}>`;
}
