import { view } from "../dom.js";
import { Icon } from "./icon.js";

const ICONS = { info: "info", ok: "check_circle", warn: "alert", danger: "alert" };

/** A sentence that matters, with what to do beside it. @param {{tone?: string, children?: unknown, action?: unknown, alert?: boolean}} props */
export function Notice({ tone = "info", children, action, alert = false }) {
  return view`<div class=${`notice notice-${tone}`} role=${alert ? "alert" : null}>
    <${Icon} name=${ICONS[tone]} />
    <div class="notice-text">${children}</div>
    ${action && view`<div class="notice-action">${action}</div>`}
  </div>`;
}

/** What a list says when it has nothing. @param {{icon: string, title: string, children?: unknown, action?: unknown}} props */
export function Empty({ icon, title, children, action }) {
  return view`<div class="empty">
    <span class="empty-icon"><${Icon} name=${icon} size=${28} /></span>
    <p class="empty-title">${title}</p>
    ${children && view`<p class="empty-text">${children}</p>`}
    ${action}
  </div>`;
}

/** Holds the place of what is loading. @param {{lines?: number}} props */
export function Skeleton({ lines = 3 }) {
  return view`<div class="skeleton" aria-hidden="true">
    ${Array.from({ length: lines }, (_, index) => view`<span key=${index}></span>`)}
  </div>`;
}
