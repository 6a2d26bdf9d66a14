import { view } from "../dom.js";
import { t } from "../i18n/mod.js";

export const PARTS = ["database", "covers", "config"];

/**
 * Checkboxes for the parts of a backup.
 *
 * @param {{legend: string, available?: readonly string[], chosen: readonly string[],
 *   onChange: (chosen: string[]) => void}} props
 */
export function PartChoice({ legend, available = PARTS, chosen, onChange }) {
  const toggle = (part, on) =>
    onChange(PARTS.filter((one) => one === part ? on : chosen.includes(one)));
  return view`<fieldset class="choices">
    <legend>${legend}</legend>
    ${
    PARTS.map((part) => {
      const missing = !available.includes(part);
      return view`
        <label key=${part} class=${`choice${missing ? " choice-off" : ""}`}>
          <input type="checkbox" name=${part} checked=${chosen.includes(part)} disabled=${missing}
            onChange=${(event) => toggle(part, event.currentTarget.checked)} />
          <span><strong>${t(`part.${part}`)}</strong>
                  <small>${missing ? t("part.missing") : t(`part.${part}.hint`)}</small></span>
        </label>
      `;
    })
  }
  </fieldset>`;
}
