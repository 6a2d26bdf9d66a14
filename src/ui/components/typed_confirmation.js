import { view } from "../dom.js";

/**
 * A field for what has to be typed by hand, so that nobody does a grave thing by a slip.
 *
 * @param {{label: string, wanted: string, typed: string, onType: (typed: string) => void}} props
 */
export function TypedConfirmation({ label, wanted, typed, onType }) {
  return view`
    <label class="field">
      <span>${label} <code class="select-all">${wanted}</code></span>
      <input value=${typed} autocomplete="off" autocapitalize="none" spellcheck=${false} class="mono"
        onInput=${(event) => onType(event.currentTarget.value)} />
    </label>`;
}
