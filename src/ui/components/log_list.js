import { view } from "../dom.js";
import { Badge } from "./badge.js";
import { Empty, Skeleton } from "./notice.js";

const TONES = {
  done: "ok",
  ok: "ok",
  failed: "danger",
  refused: "warn",
  cancelled: "neutral",
  running: "accent",
};

/** Rows of what happened; `null` while they are loading. @param {{rows: unknown[] | null, empty: string}} props */
export function LogList({ rows, empty }) {
  if (rows === null) {
    return view`
      <div class="card"><${Skeleton} lines=${6} /></div>`;
  }
  if (rows.length === 0) return view`<${Empty} icon="list" title=${empty} />`;
  return view`<ul class="log">${rows}</ul>`;
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
