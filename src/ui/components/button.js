import { view } from "../dom.js";
import { Icon } from "./icon.js";

/**
 * A button with words.
 *
 * @param {{kind?: "primary" | "danger" | "quiet" | "plain", icon?: string, busy?: boolean, disabled?: boolean,
 *   onClick?: (event: Event) => void, type?: string, children?: unknown, small?: boolean}} props
 */
export function Button(
  { kind = "plain", icon, busy = false, disabled = false, small = false, children, ...rest },
) {
  const classes = `button button-${kind}${small ? " button-small" : ""}`;
  return view`
    <button type="button" class=${classes} disabled=${disabled || busy}
      aria-busy=${busy ? "true" : null} ...${rest}>
        ${
    busy
      ? view`<span class="spinner" aria-hidden="true"></span>`
      : icon && view`<${Icon} name=${icon} size=${18} />`
  }
        <span>${children}</span>
      </button>
  `;
}

/**
 * A button with a drawing alone; its words are its label and its tooltip.
 *
 * @param {{icon: string, label: string, onClick?: (event: Event) => void, danger?: boolean, busy?: boolean,
 *   disabled?: boolean, pressed?: boolean}} props
 */
export function IconButton(
  { icon, label, danger = false, busy = false, disabled, pressed, ...rest },
) {
  return view`
    <button type="button" class=${`icon-button${danger ? " icon-button-danger" : ""}`}
      aria-label=${label} title=${label} disabled=${disabled || busy} aria-pressed=${
    pressed ??
      null
  }
      ...${rest}>
        ${
    busy ? view`<span class="spinner" aria-hidden="true"></span>` : view`<${Icon} name=${icon} />`
  }
      </button>
  `;
}
