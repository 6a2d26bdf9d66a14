import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { refresh } from "../sync.js";
import { Button } from "./button.js";
import { Notice } from "./notice.js";

/** The first load failed: why, and another try. @param {{error: Error}} props */
export function LoadFailed({ error }) {
  return view`
    <h1 tabindex="-1">${t("load_failed")}</h1>
    <${Notice} tone="danger" alert action=${view`<${Button} onClick=${refresh}>${
    t("retry")
  }</${Button}>`}>
          ${error.message}</${Notice}>
  `;
}
