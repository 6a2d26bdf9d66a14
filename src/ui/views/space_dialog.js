import { useState, view } from "../dom.js";
import { Button } from "../components/button.js";
import { Choice } from "../components/choice.js";
import { Dialog } from "../components/dialog.js";
import { Notice } from "../components/notice.js";
import { formatAge, formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { deletableBackups } from "../space.js";
import { setState, useStore } from "../store.js";
import { DeleteDialog } from "./dialogs.js";

/** What stands in the way, and the backups that could make room. @param {{lack: Record<string, any>}} props */
export function SpaceDialog({ lack }) {
  const { stats } = useStore();
  const [chosen, setChosen] = useState(() => new Set());
  const [deleting, setDeleting] = useState(false);
  const close = () => setState({ lack: null });
  const backups = deletableBackups();
  const marked = backups.filter((one) => chosen.has(one.backup_id));
  if (deleting) {
    return view`
      <${DeleteDialog} backups=${marked} onClose=${(done) =>
      done ? close() : setDeleting(false)} />`;
  }
  const frees = marked.reduce((bytes, one) => bytes + one.file_size, 0);
  const free = lack.free ?? stats.free_bytes;
  const needed = lack.needed ?? stats.predicted_bytes + stats.reserve_bytes;
  const toggle = (id, on) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const facts = {
    needed: formatBytes(needed),
    reserve: formatBytes(lack.reserve ?? stats.reserve_bytes),
    free: formatBytes(free),
  };
  const actions = view`
    <${Button} onClick=${close}>${t("cancel")}</${Button}>
    <${Button} kind="danger" icon="trash" asks disabled=${marked.length === 0} onClick=${() =>
    setDeleting(true)}>
      ${t("lack.delete", { size: formatBytes(frees) })}
    </${Button}>`;
  return view`
    <${Dialog} title=${t("lack.title")} onClose=${close} actions=${actions}>
      <p>
        ${lack.volume && view`<code>${lack.volume}</code>${" · "}`}
        ${t("lack.line", facts)}
      </p>
      ${
    backups.length === 0
      ? view`<${Notice} tone="info">${t("lack.none")}</${Notice}>`
      : view`<${Candidates} backups=${backups} chosen=${chosen} onToggle=${toggle} />`
  }
      ${marked.length > 0 && view`<${Verdict} enough=${free + frees >= needed} />`}
    </${Dialog}>`;
}

function Candidates({ backups, chosen, onToggle }) {
  const choice = ({ backup_id: id, created_at_utc: at, file_size: bytes, kind }) => {
    const hint = `${t(`kind.${kind}`)} · ${formatAge(at)} · ${formatBytes(bytes)}`;
    return view`
      <${Choice} key=${id} type="checkbox" name=${id} on=${chosen.has(id)} title=${id} hint=${hint}
        onChange=${(on) => onToggle(id, on)} />`;
  };
  return view`
    <fieldset class="choices choices-list">
      <legend>${t("lack.choose")}</legend>
      ${backups.map(choice)}
    </fieldset>`;
}

/** Its room is only taken once something is chosen; the list above it does not move. */
function Verdict({ enough }) {
  return view`
    <p role="status" class=${enough ? "tone-ok" : "tone-warn"}>
      ${t(enough ? "lack.enough" : "lack.not_enough")}
    </p>`;
}
