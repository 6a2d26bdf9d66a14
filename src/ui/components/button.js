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
  const look = `button button-${kind}${small ? " button-small" : ""}`;
  return view`
    <button type="button" class=${look} disabled=${disabled || busy} aria-busy=${busy} ...${rest}>
      ${busy ? view`<${Spinner} />` : icon && view`<${Icon} name=${icon} size=${18} />`}
      <span>${children}</span>
    </button>`;
}

/**
 * A button with a drawing alone; its words are its label and its tooltip.
 *
 * @param {{icon: string, label: string, onClick?: (event: Event) => void, danger?: boolean, busy?: boolean,
 *   disabled?: boolean, pressed?: boolean}} props
 */
export function IconButton(
  { icon, label, danger = false, busy = false, disabled = false, pressed, ...rest },
) {
  const look = danger ? "icon-button icon-button-danger" : "icon-button";
  return view`
    <button type="button" class=${look} aria-label=${label} title=${label} aria-pressed=${pressed}
      disabled=${disabled || busy} aria-busy=${busy} ...${rest}>
      ${busy ? view`<${Spinner} />` : view`<${Icon} name=${icon} />`}
    </button>`;
}

function Spinner() {
  return view`<span class="spinner" aria-hidden="true"></span>`;
}
