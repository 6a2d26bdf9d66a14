import { view } from "../dom.js";
import { Button } from "../components/button.js";
import { Choice } from "../components/choice.js";
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
    upgradeSchema: true,
  };
}

/**
 * Step one: which parts, and how.
 *
 * @param {{backup: any, choices: any, onChange: (choices: any) => void, onNext: () => void}} props
 */
export function RestoreChoices({ backup, choices, onChange, onNext }) {
  const { parts, coversMode, snapshot, machineKeys } = choices;
  // What was answered to the old preview does not hold for the new one.
  const set = (change) => onChange({ ...choices, ...change, force: false, libraryStopped: false });
  const mode = (name) =>
    view`
      <${Choice} key=${name} type="radio" name="covers_mode" on=${coversMode === name}
        title=${t(`restore.covers.${name}`)} hint=${t(`restore.covers.${name}.hint`)}
        onChange=${() => set({ coversMode: name })} />`;
  return view`
    <${PartChoice} legend=${t("restore.parts")} available=${backup.includes} chosen=${parts}
      onChange=${(chosen) => set({ parts: chosen })} />
    ${
    (parts.includes("covers") || parts.includes("extra")) && view`
      <fieldset class="choices">
        <legend>${t(parts.includes("extra") ? "restore.files" : "restore.covers")}</legend>
        ${["exact", "add_missing"].map(mode)}
      </fieldset>`
  }
    <fieldset class="choices">
      <legend>${t("restore.safety")}</legend>
      <${Choice} type="checkbox" name="snapshot" on=${snapshot} title=${t("restore.snapshot")}
        hint=${t("restore.snapshot.hint")} onChange=${(on) => set({ snapshot: on })} />
      ${
    parts.includes("config") && view`
        <${Choice} type="checkbox" name="machine_keys" on=${machineKeys} title=${
      t("restore.machine_keys")
    }
          hint=${t("restore.machine_keys.hint")} onChange=${(on) => set({ machineKeys: on })} />`
  }
    </fieldset>
    <${Notice} tone="info">${t("restore.running_library")}</${Notice}>
    <div class="step-actions">
      <a class="button button-plain" href="#/backups"><span>${t("cancel")}</span></a>
      <${Button} kind="primary" asks disabled=${parts.length === 0} onClick=${onNext}>
        ${t("restore.show_preview")}
      </${Button}>
    </div>`;
}
