import { view } from "../dom.js";
import { state } from "../store.js";

/** On or off at the server, with its words. @param {{on: boolean, busy?: boolean, onFlip: () => void, children?: unknown}} props */
export function Switch({ on, busy = false, onFlip, children }) {
  return view`
    <button type="button" class="switch" role="switch" aria-checked=${on} disabled=${
    busy || !state.online
  } onClick=${onFlip}>
      <span class="switch-track" aria-hidden="true"></span>
      <span>${children}</span>
    </button>`;
}
