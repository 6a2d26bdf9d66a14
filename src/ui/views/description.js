import { useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { t } from "../i18n/mod.js";
import { useUnsaved } from "../router.js";
import { toast } from "../store.js";
import { changed } from "../sync.js";

/** A backup's description, and the pencil to change it. @param {{backup: Record<string, any>}} props */
export function Description({ backup }) {
  const { backup_id: id, description } = backup;
  const [editing, setEditing] = useState(false);
  if (editing) {
    return view`<${Editor} id=${id} before=${description ?? ""} onClose=${() =>
      setEditing(false)} />`;
  }
  const words = t(description ? "description.edit" : "description.add");
  return view`
    <div class="description">
      ${description && view`<p>${description}</p>`}
      <${Button} kind="quiet" small icon="pencil" onClick=${() =>
    setEditing(true)}>${words}</${Button}>
    </div>`;
}

function Editor({ id, before, onClose }) {
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  useUnsaved(text.trim() !== before);
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.update(id, { description: text.trim() });
      await changed();
      onClose();
    } catch (error) {
      toast(error.message, "error");
      setBusy(false);
    }
  };
  const leave = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // Escape ends the editing, not the dialog.
    onClose();
  };
  return view`
    <form class="description" onSubmit=${save} onKeyDown=${leave}>
      <label class="field">
        <span>${t("create.description")}</span>
        <input ref=${(input) => input?.focus()} value=${text} maxlength="1000" autocomplete="off"
          onInput=${(event) => setText(event.currentTarget.value)} />
      </label>
      <div class="description-actions">
        <${Button} small onClick=${onClose}>${t("cancel")}</${Button}>
        <${Button} small kind="primary" asks type="submit" busy=${busy} disabled=${
    text.trim() === before
  }>
          ${t("description.save")}
        </${Button}>
      </div>
    </form>`;
}
