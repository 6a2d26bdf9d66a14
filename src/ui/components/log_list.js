import { view } from "../dom.js";
import { Badge } from "./badge.js";
import { Empty, Skeleton } from "./notice.js";
import { Pager, sayPart, usePages } from "./pager.js";

const TONES = {
  done: "ok",
  ok: "ok",
  failed: "danger",
  refused: "warn",
  cancelled: "neutral",
  running: "accent",
};

/**
 * What happened, page by page.
 *
 * @param {{items: any[] | null, filter: string, label: string, row: (item: any, index: number) => unknown,
 *   empty: string}} props `items`: `null` while they are loading.
 */
export function LogList({ items, filter, label, row, empty }) {
  const pages = usePages(items ?? [], filter);
  if (items === null) {
    return view`
      <div class="card"><${Skeleton} lines=${6} /></div>`;
  }
  if (items.length === 0) return view`<${Empty} icon="list" title=${empty} />`;
  return view`
    <ul class="log" ref=${pages.top} tabindex="-1" aria-label=${`${label}: ${sayPart(pages)}`}>
      ${pages.shown.map(row)}
    </ul>
    <${Pager} pages=${pages} />`;
}

/**
 * One thing that happened.
 *
 * @param {{result: string, words: string, title: string, target?: unknown, when: unknown, who: string,
 *   children?: unknown}} props `words`: the result's words.
 */
export function LogRow({ result, words, title, target, when, who, children }) {
  return view`
    <li>
      <${Badge} tone=${TONES[result]}>${words}</${Badge}>
      <div class="log-main">
        <div class="log-title"><strong>${title}</strong>${target}</div>
        ${children}
      </div>
      <div class="log-side">${when}<small>${who}</small></div>
    </li>`;
}
