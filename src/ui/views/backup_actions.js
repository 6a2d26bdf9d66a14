import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button, IconButton } from "../components/button.js";
import { t } from "../i18n/mod.js";
import { go } from "../router.js";
import { toast } from "../store.js";
import { changed } from "../sync.js";
import { DeleteDialog } from "./dialogs.js";
import { DownloadDialog } from "./download_dialog.js";
import { ValidateDialog } from "./validate_dialog.js";

/**
 * What can be done with one backup.
 *
 * @param {{backup: Record<string, any>, spacious?: boolean, onDeleted?: () => void}} props
 *   `spacious`: every action has its word beside it.
 */
export function BackupActions({ backup, spacious = false, onDeleted }) {
  const [dialog, setDialog] = useState(null);
  const [busy, setBusy] = useState(false);
  const { backup_id: id, pinned } = backup;
  const close = () => setDialog(null);
  const pin = async () => {
    setBusy(true);
    try {
      await api.update(id, { pinned: !pinned });
      toast(t(pinned ? "pin.now_off" : "pin.now_on", { id }));
      await changed();
    } catch (error) {
      toast(error.message, "error");
    }
    setBusy(false);
  };
  const action = (name, icon, onClick, more = {}) =>
    spacious
      ? view`<${Button} icon=${icon} small asks onClick=${onClick} busy=${more.busy} aria-pressed=${more.pressed}>
          ${t(`action.${name}`)}</${Button}>`
      : view`<${IconButton} asks icon=${icon} label=${
        t(`${name}.open`, { id })
      } onClick=${onClick} ...${more} />`;
  return view`
    <div class=${spacious ? "actions actions-spacious" : "actions"} role="group"
      aria-label=${t("backups.actions_of", { id })}>
      <${Button} icon="restore" small asks kind=${spacious ? "primary" : "plain"} aria-label=${
    t(
      "restore.open",
      { id },
    )
  }
        onClick=${() => go(`restore/${id}`)}>${t("action.restore")}</${Button}>
        ${action("download", "download", () => setDialog("download"))}
        ${action("validate", "shield", () => setDialog("validate"))}
        ${action(pinned ? "unpin" : "pin", "pin", pin, { busy, pressed: pinned })}
        ${action("delete", "trash", () => setDialog("delete"), { danger: true })}
        ${dialog === "download" && view`<${DownloadDialog} backup=${backup} onClose=${close} />`}
        ${dialog === "validate" && view`<${ValidateDialog} backup=${backup} onClose=${close} />`}
        ${
    dialog === "delete" && view`<${DeleteDialog} backups=${[backup]} onClose=${(done) => {
      close();
      if (done) onDeleted?.();
    }} />`
  }
      </div>
  `;
}
