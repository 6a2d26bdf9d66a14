import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { formatWhen } from "../format.js";
import { t } from "../i18n/mod.js";
import { toast } from "../store.js";
import { changed } from "../sync.js";
import { Button } from "./button.js";
import { Notice } from "./notice.js";

/** A restore that is being completed, and the two ways out when it is stuck. @param {{restore: Record<string, any>}} props */
export function RestorePending({ restore }) {
  const [busy, setBusy] = useState("");
  const decide = async (action) => {
    setBusy(action);
    try {
      await api.resolve(action);
      await changed();
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy("");
  };
  const { stuck, reason, backup_id: id, next_try_at: nextAt } = restore;
  const title = t(stuck ? "pending.stuck" : "pending.running", { id: id ?? "" });
  const next = nextAt ? t("pending.next", { time: formatWhen(nextAt) }) : "";
  const choices = stuck && view`
    <${Button} asks busy=${busy === "resume"} onClick=${() => decide("resume")}>
      ${t("pending.resume")}
    </${Button}>
    <${Button} kind="danger" asks busy=${busy === "rollback"} onClick=${() => decide("rollback")}>
      ${t("pending.rollback")}
    </${Button}>`;
  return view`
    <${Notice} tone=${stuck ? "danger" : "warn"} alert action=${choices}>
      <strong>${title}</strong>
      <p>${reason ?? ""} ${next}</p>
      ${stuck && view`<p>${t("pending.choices")}</p>`}
    </${Notice}>`;
}
