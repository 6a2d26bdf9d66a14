import { view } from "../dom.js";

/**
 * A checkbox or a radio button with a title, a hint, and the whole box to press.
 *
 * @param {{type: "checkbox" | "radio", name: string, on: boolean, title: string, hint?: string,
 *   disabled?: boolean, danger?: boolean, onChange: (on: boolean) => void}} props
 */
export function Choice(
  { type, name, on, title, hint, disabled = false, danger = false, onChange },
) {
  const look = `${disabled ? " choice-off" : ""}${danger ? " choice-danger" : ""}`;
  return view`
    <label class=${`choice${look}`}>
      <input type=${type} name=${name} checked=${on} disabled=${disabled}
        onChange=${(event) => onChange(event.currentTarget.checked)} />
      <span>
        <strong>${title}</strong>
        ${hint && view`<small>${hint}</small>`}
      </span>
    </label>`;
}
