import { html } from "../dom.js";
import { t } from "../i18n/mod.js";
import { formatExact } from "../format.js";
import { Icon } from "./icon.js";

/** @param {{tone: "ok" | "warn" | "danger" | "accent" | "neutral", icon?: string, title?: string, children?: unknown}} props */
export function Badge({ tone, icon, title, children }) {
  return html`<span class=${`badge badge-${tone}`} title=${title ?? null}>
    ${icon && html`<${Icon} name=${icon} size=${13} />`}${children}
  </span>`;
}

/** What a person should know about a backup before choosing it. @param {{backup: Record<string, any>}} props */
export function BackupBadges({ backup }) {
  const { state, verified_at, pinned, kind, shrunk, in_use, drill } = backup;
  return html`<span class="badges">
    ${
    state === "damaged"
      ? html`<${Badge} tone="danger" icon="alert" title=${backup.error}>${t("badge.damaged")}<//>`
      : verified_at !== null
      ? html`<${Badge} tone="ok" icon="check" title=${
        t("badge.verified_at", { time: formatExact(verified_at) })
      }>
          ${t("badge.verified")}<//>`
      : html`<${Badge} tone="warn">${t("badge.unverified")}<//>`
  }
    <${Badge} tone="neutral">${t(`kind.${kind}`)}<//>
    ${pinned && html`<${Badge} tone="accent" icon="pin">${t("badge.pinned")}<//>`}
    ${
    shrunk &&
    html`<${Badge} tone="danger" icon="alert" title=${t("badge.shrunk_why")}>${
      t("badge.shrunk")
    }<//>`
  }
    ${
    drill?.result === "passed" && html`
      <${Badge} tone="ok" icon="shield"
        title=${t("badge.drilled_at", { time: formatExact(drill.at) })}>${t("badge.drilled")}<//>
    `
  }
    ${
    drill?.result === "failed" && html`<${Badge} tone="danger" icon="alert" title=${drill.detail}>
      ${t("badge.drill_failed")}<//>`
  }
    ${in_use && html`<${Badge} tone="warn">${t("badge.in_use")}<//>`}
  </span>`;
}
