import { view } from "../dom.js";
import { Icon } from "./icon.js";

/**
 * Chips that choose one of a few, and a search field.
 *
 * @param {{label: string, options: {value: string, text: string, count?: number}[], chosen: string,
 *   onChoose: (value: string) => void, search: string, words: string, onWords: (words: string) => void}} props
 */
export function FilterBar({ label, options, chosen, onChoose, search, words, onWords }) {
  const chip = ({ value, text, count }) =>
    view`
      <button type="button" key=${value} aria-pressed=${chosen === value} onClick=${() =>
      onChoose(value)}>
        ${text}${count !== undefined && view`<small>${count}</small>`}
      </button>`;
  const type = (event) => onWords(event.currentTarget.value);
  return view`
    <div class="toolbar">
      <div class="chips" role="group" aria-label=${label}>${options.map(chip)}</div>
      <label class="search">
        <${Icon} name="search" size=${18} />
        <span class="sr-only">${search}</span>
        <input type="search" placeholder=${search} value=${words} onInput=${type} />
      </label>
    </div>`;
}
