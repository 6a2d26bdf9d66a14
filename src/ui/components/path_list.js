import { view } from "../dom.js";
import { formatNumber } from "../format.js";
import { t } from "../i18n/mod.js";

/** How many names are drawn: a backup may have a hundred thousand. */
const SHOWN = 200;

/** Names of files, and how many more there are. @param {{paths: readonly string[]}} props */
export function PathList({ paths }) {
  const line = (path) => view`<li key=${path}><code>${path}</code></li>`;
  return view`
    <ul class="paths" tabindex="0">${paths.slice(0, SHOWN).map(line)}</ul>
    <${More} count=${paths.length - SHOWN} />`;
}

/** How many are not shown; nothing when all are. @param {{count: number}} props */
export function More({ count }) {
  return count > 0 && view`<p class="hint">${t("detail.more", { n: formatNumber(count) })}</p>`;
}
