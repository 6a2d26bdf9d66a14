import { view } from "../dom.js";
import { t } from "../i18n/mod.js";
import { formatExact } from "../format.js";
import { Icon } from "./icon.js";

/** @param {{tone: "ok" | "warn" | "danger" | "accent" | "neutral", icon?: string, title?: string, children?: unknown}} props */
export function Badge({ tone, icon, title, children }) {
  return view`
    <span class=${`badge badge-${tone}`} title=${title ?? null}>
      ${icon && view`<${Icon} name=${icon} size=${13} />`}${children}
    </span>`;
}

/** What a person should know about a backup before choosing it. @param {{backup: Record<string, any>}} props */
export function BackupBadges({ backup }) {
  const { pinned, kind, shrunk, in_use, drill, incomplete, other_library, future, changed } =
    backup;
  const badges = [
    soundness(backup),
    { tone: "neutral", words: `kind.${kind}` },
    other_library && caution("other_library"),
    incomplete && caution("incomplete"),
    changed && caution("changed"),
    future && caution("future"),
    pinned && { tone: "accent", icon: "pin", words: "badge.pinned" },
    shrunk &&
    { tone: "danger", icon: "alert", words: "badge.shrunk", title: t("badge.shrunk_why") },
    drill !== null && DRILL_BADGES[drill.result]?.(drill),
    in_use && { tone: "warn", words: "badge.in_use" },
  ].filter(Boolean);
  return view`
    <span class="badges">
      ${
    badges.map(({ words, ...look }) =>
      view`<${Badge} key=${words} ...${look}>${t(words)}</${Badge}>`
    )
  }
    </span>`;
}

/** What a restore of it would meet; the whole sentence is on hover and in the details. */
function caution(name) {
  return { tone: "warn", icon: "alert", words: `badge.${name}`, title: t(`badge.${name}_why`) };
}

const DRILL_BADGES = {
  passed: ({ at }) => ({
    tone: "ok",
    icon: "shield",
    words: "badge.drilled",
    title: t("badge.drilled_at", { time: formatExact(at) }),
  }),
  failed: ({ detail }) => ({
    tone: "danger",
    icon: "alert",
    words: "badge.drill_failed",
    title: detail,
  }),
};

function soundness({ state, error, verified_at: at }) {
  if (state === "damaged") {
    return { tone: "danger", icon: "alert", words: "badge.damaged", title: error };
  }
  if (at === null) return { tone: "warn", words: "badge.unverified" };
  const title = t("badge.verified_at", { time: formatExact(at) });
  return { tone: "ok", icon: "check", words: "badge.verified", title };
}
