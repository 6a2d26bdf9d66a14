import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { toast } from "../store.js";
import { IconButton } from "./button.js";

/** A value to compare by eye or to copy. @param {{value: string, label: string}} props */
export function CopyText({ value, label }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      toast(t("copied", { what: label }));
    } catch {
      toast(t("copy_failed"), "error"); // Plain HTTP outside localhost has no clipboard.
    }
  };
  return view`
    <span class="copy-text">
      <code>${value}</code>
      <${IconButton} icon="copy" label=${t("copy", { what: label })} onClick=${copy} />
    </span>`;
}
