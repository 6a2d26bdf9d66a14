import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { Choice } from "./choice.js";

const PARTS = ["database", "covers", "config", "extra"];

/**
 * Checkboxes for the parts of a backup. Extra files are shown only where there may be some.
 *
 * @param {{legend: string, available: readonly string[], chosen: readonly string[],
 *   onChange: (chosen: string[]) => void}} props
 */
export function PartChoice({ legend, available, chosen, onChange }) {
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
      ${PARTS.filter((part) => part !== "extra" || available.includes(part)).map(choice)}
    </fieldset>`;
}
