import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { refresh } from "../sync.js";
import { Button } from "./button.js";
import { Notice } from "./notice.js";

/** The first load failed: why, and another try. @param {{error: Error}} props */
export function LoadFailed({ error }) {
  const again = view`<${Button} onClick=${refresh}>${t("retry")}</${Button}>`;
  return view`
    <div class="load-failed">
      <h1 tabindex="-1">${t("load_failed")}</h1>
      <${Notice} tone="danger" alert action=${again}>${error.message}</${Notice}>
    </div>`;
}
