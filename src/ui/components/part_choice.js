import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { Choice } from "./choice.js";

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
  const choice = (part) => {
    const missing = !available.includes(part);
    return view`
      <${Choice} key=${part} type="checkbox" name=${part} on=${
      chosen.includes(part)
    } disabled=${missing}
        title=${t(`part.${part}`)} hint=${t(missing ? "part.missing" : `part.${part}.hint`)}
        onChange=${(on) => toggle(part, on)} />`;
  };
  return view`
    <fieldset class="choices">
      <legend>${legend}</legend>
      ${PARTS.map(choice)}
    </fieldset>`;
}
