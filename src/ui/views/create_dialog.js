import { useRef, useState, view } from "../dom.js";
import { api } from "../api.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { PartChoice } from "../components/part_choice.js";
import { Problem } from "../components/problem.js";
import { formatBytes } from "../format.js";
import { t } from "../i18n/mod.js";
import { state } from "../store.js";
import { jobStarted } from "../sync.js";

/** Makes a backup now. @param {{onClose: () => void}} props */
export function CreateDialog({ onClose }) {
  const available = state.stats.library.parts;
  const [parts, setParts] = useState(available);
  const [description, setDescription] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      jobStarted(await api.create({ includes: parts, description }));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const actions = view`
    <${Button} onClick=${onClose}>${t("cancel")}</${Button}>
    <${Button} kind="primary" asks busy=${busy} disabled=${parts.length === 0}
      onClick=${() => form.current.requestSubmit()}>${t("create.start")}</${Button}>`;
  return view`
    <${Dialog} title=${t("create.title")} onClose=${onClose} actions=${actions}>
      <form ref=${form} onSubmit=${submit}>
        ${problem && view`<${Problem} error=${problem} />`}
        <${PartChoice} legend=${t("create.parts")} available=${available} chosen=${parts}
          onChange=${setParts} />
        <label class="field">
          <span>${t("create.description")} <small>${t("optional")}</small></span>
          <input value=${description} maxlength="1000" placeholder=${
    t("create.description_example")
  }
            onInput=${(event) => setDescription(event.currentTarget.value)} />
        </label>
        <p class="hint">${parts.length === 0 ? t("create.choose_one") : predict(parts)}</p>
        <p class="hint">${t("create.novels")}</p>
      </form>
    </${Dialog}>`;
}

/** What the newest backup with the same contents took; the server's own figure when there is none. */
function predict(parts) {
  const { stats, backups } = state;
  const alike = backups.find((one) =>
    one.state === "ok" && one.includes.length === parts.length &&
    parts.every((part) => one.includes.includes(part))
  );
  const needed = formatBytes(stats.predicted_bytes);
  const free = formatBytes(stats.free_bytes);
  return alike
    ? t("create.predicted", { size: formatBytes(alike.file_size), needed, free })
    : t("create.predicted_need", { needed, free });
}
