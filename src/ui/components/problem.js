import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { isLackOfSpace, offerSpace } from "../space.js";
import { Button } from "./button.js";
import { Notice } from "./notice.js";

/** Why the server said no; with the way out when space is lacking. @param {{error: Error & {status?: number}}} props */
export function Problem({ error }) {
  return view`
    <${Notice} tone="danger" alert action=${
    isLackOfSpace(error) && view`<${MakeSpace} problem=${error.body} />`
  }>
      ${error.message}
    </${Notice}>`;
}

/** Opens the offer to delete backups. @param {{problem?: Record<string, any>}} props */
export function MakeSpace({ problem }) {
  return view`
    <${Button} small icon="disk" onClick=${() => offerSpace(problem)}>${
    t("lack.open")
  }</${Button}>`;
}
