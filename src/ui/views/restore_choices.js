import { view } from "../dom.js";
import { Button } from "../components/button.js";
import { Notice } from "../components/notice.js";
import { PartChoice } from "../components/part_choice.js";
import { t } from "../i18n/mod.js";

/** What a restore does unless told otherwise. @param {Record<string, any>} backup */
export function defaultChoices(backup) {
  return {
    parts: [...backup.includes],
    snapshot: true,
    coversMode: "exact",
    machineKeys: false,
    force: false,
    libraryStopped: false,
  };
}

/**
 * Step one: which parts, and how.
 *
 * @param {{backup: any, choices: any, onChange: (choices: any) => void, onNext: () => void}} props
 */
export function RestoreChoices({ backup, choices, onChange, onNext }) {
  const set = (change) => onChange({ ...choices, ...change, force: false, libraryStopped: false });
  const check = (name, words, hint) =>
    view`<label class="choice">
    <input type="checkbox" checked=${choices[name]} onChange=${(event) =>
      set({ [name]: event.currentTarget.checked })} />
    <span><strong>${t(words)}</strong><small>${t(hint)}</small></span></label>`;
  return view`
    <${PartChoice} legend=${
    t("restore.parts")
  } available=${backup.includes} chosen=${choices.parts} onChange=${(parts) => set({ parts })} />
    ${
    choices.parts.includes("covers") &&
    view`<fieldset class="choices"><legend>${t("restore.covers")}</legend>
      ${
      ["exact", "add_missing"].map((mode) =>
        view`<label key=${mode} class="choice">
        <input type="radio" name="covers" checked=${choices.coversMode === mode} onChange=${() =>
          set({ coversMode: mode })} />
        <span><strong>${t(`restore.covers.${mode}`)}</strong><small>${
          t(`restore.covers.${mode}.hint`)
        }</small></span></label>`
      )
    }
    </fieldset>`
  }
    <fieldset class="choices"><legend>${t("restore.safety")}</legend>
      ${check("snapshot", "restore.snapshot", "restore.snapshot.hint")}
      ${
    choices.parts.includes("config") &&
    check("machineKeys", "restore.machine_keys", "restore.machine_keys.hint")
  }
    </fieldset>
    <${Notice} tone="info">${t("restore.running_library")}</${Notice}>
    <div class="step-actions">
      <a class="button button-plain" href="#/backups"><span>${t("cancel")}</span></a>
      <${Button} kind="primary" disabled=${choices.parts.length === 0} onClick=${onNext}>${
    t(
      "restore.show_preview",
    )
  }</${Button}>
    </div>
  `;
}
