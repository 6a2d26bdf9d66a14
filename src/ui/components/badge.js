import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { formatExact } from "../format.js";
import { Icon } from "./icon.js";

/** @param {{tone: "ok" | "warn" | "danger" | "accent" | "neutral", icon?: string, title?: string, children?: unknown}} props */
export function Badge({ tone, icon, title, children }) {
  return view`<span class=${`badge badge-${tone}`} title=${title ?? null}>
    ${icon && view`<${Icon} name=${icon} size=${13} />`}${children}
  </span>`;
}

/** What a person should know about a backup before choosing it. @param {{backup: Record<string, any>}} props */
export function BackupBadges({ backup }) {
  const { state, verified_at, pinned, kind, shrunk, in_use, drill } = backup;
  return view`<span class="badges">
    ${
    state === "damaged"
      ? view`<${Badge} tone="danger" icon="alert" title=${backup.error}>${
        t("badge.damaged")
      }</${Badge}>`
      : verified_at !== null
      ? view`<${Badge} tone="ok" icon="check" title=${
        t("badge.verified_at", { time: formatExact(verified_at) })
      }>
          ${t("badge.verified")}</${Badge}>`
      : view`<${Badge} tone="warn">${t("badge.unverified")}</${Badge}>`
  }
    <${Badge} tone="neutral">${t(`kind.${kind}`)}</${Badge}>
    ${pinned && view`<${Badge} tone="accent" icon="pin">${t("badge.pinned")}</${Badge}>`}
    ${
    shrunk &&
    view`<${Badge} tone="danger" icon="alert" title=${t("badge.shrunk_why")}>${
      t("badge.shrunk")
    }</${Badge}>`
  }
    ${
    drill?.result === "passed" && view`
      <${Badge} tone="ok" icon="shield"
        title=${t("badge.drilled_at", { time: formatExact(drill.at) })}>${
      t(
        "badge.drilled",
      )
    }</${Badge}>
    `
  }
    ${
    drill?.result === "failed" && view`<${Badge} tone="danger" icon="alert" title=${drill.detail}>
      ${t("badge.drill_failed")}</${Badge}>`
  }
    ${in_use && view`<${Badge} tone="warn">${t("badge.in_use")}</${Badge}>`}
  </span>`;
}
