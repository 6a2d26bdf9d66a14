import { view } from "../dom.js";

/**
 * A small table that scrolls sideways rather than the page.
 *
 * @param {{label: string, columns: {title: string, number?: boolean}[], rows: unknown[][],
 *   tones?: string[]}} props `tones`: a class for each row's last cell.
 */
export function Table({ label, columns, rows, tones = [] }) {
  const look = (index) => columns[index].number ? "num" : "";
  const cell = (value, index, tone = "") =>
    view`<td key=${index} class=${`${look(index)} ${tone}`}>${value}</td>`;
  const row = (values, at) =>
    view`
      <tr key=${at}>
        ${
      values.map((value, index) => cell(value, index, index === values.length - 1 ? tones[at] : ""))
    }
      </tr>`;
  return view`
    <div class="table-scroll" tabindex="0" role="region" aria-label=${label}>
      <table class="table table-small">
        <thead>
          <tr>${
    columns.map(({ title }, index) => view`<th key=${index} class=${look(index)}>${title}</th>`)
  }</tr>
        </thead>
        <tbody>${rows.map(row)}</tbody>
      </table>
    </div>`;
}
