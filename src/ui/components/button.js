import { view } from "../dom.js";
import { state } from "../store.js";
import { Icon } from "./icon.js";

/** Whether what needs the server can be had now. Every view is drawn again when that changes. */
const isOut = (asks) => asks && !state.online;

/**
 * A button with words.
 *
 * @param {{kind?: "primary" | "danger" | "quiet" | "plain", icon?: string, busy?: boolean, disabled?: boolean,
 *   asks?: boolean, onClick?: (event: Event) => void, type?: string, children?: unknown, small?: boolean}} props
 *   `asks`: it needs the server, and so is off while that is silent.
 */
export function Button(
  {
    kind = "plain",
    icon,
    busy = false,
    disabled = false,
    asks = false,
    small = false,
    children,
    ...rest
  },
) {
  const look = `button button-${kind}${small ? " button-small" : ""}`;
  return view`
    <button type="button" class=${look} disabled=${
    disabled || busy || isOut(asks)
  } aria-busy=${busy} ...${rest}>
      ${busy ? view`<${Spinner} />` : icon && view`<${Icon} name=${icon} size=${18} />`}
      <span>${children}</span>
    </button>`;
}

/**
 * A button with a drawing alone; its words are its label and its tooltip.
 *
 * @param {{icon: string, label: string, onClick?: (event: Event) => void, danger?: boolean, busy?: boolean,
 *   disabled?: boolean, asks?: boolean, pressed?: boolean}} props
 */
export function IconButton(
  { icon, label, danger = false, busy = false, disabled = false, asks = false, pressed, ...rest },
) {
  const look = danger ? "icon-button icon-button-danger" : "icon-button";
  return view`
    <button type="button" class=${look} aria-label=${label} title=${label} aria-pressed=${pressed}
      disabled=${disabled || busy || isOut(asks)} aria-busy=${busy} ...${rest}>
      ${busy ? view`<${Spinner} />` : view`<${Icon} name=${icon} />`}
    </button>`;
}

function Spinner() {
  return view`<span class="spinner" aria-hidden="true"></span>`;
}
