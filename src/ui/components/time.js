import { view } from "../dom.js";
import { formatAge, formatDateTime, formatExact } from "../format.js";

/** How long ago in words, the exact time in the server's zone on hover. @param {{at: string}} props */
export function Age({ at }) {
  return view`<time datetime=${at} title=${formatExact(at)}>${formatAge(at)}</time>`;
}

/** Day and time in the server's zone. @param {{at: string}} props */
export function Moment({ at }) {
  return view`<time datetime=${at} title=${`${formatExact(at)} · ${formatAge(at)}`}>${
    formatDateTime(at)
  }</time>`;
}
