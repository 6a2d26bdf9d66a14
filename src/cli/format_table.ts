import { textWidth } from "./text_width.ts";

/** A column of a table. */
export interface Column {
  /** Its heading; may be empty. */
  readonly title: string;
  /** Numbers read best on the right. Default `left`. */
  readonly align?: "left" | "right";
}

/**
 * Sets rows in columns that line up on a terminal, Chinese or not. Two spaces stand between columns and no
 * line ends in spaces.
 *
 * @param rows One cell for each column; a missing one is empty.
 * @returns The lines, headings first.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, cells) => Math.max(widest, textWidth(cells[index] ?? "")), 0)
  );
  return lines.map((cells) =>
    columns.map(({ align = "left" }, index) => {
      const cell = cells[index] ?? "";
      const padding = " ".repeat((widths[index] ?? 0) - textWidth(cell));
      return align === "right" ? padding + cell : cell + padding;
    }).join("  ").trimEnd()
  );
}
