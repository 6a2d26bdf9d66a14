/**
 * Counts the terminal columns that a text takes: two for Chinese, Japanese, Korean, full-width forms and
 * emoji, none for combining marks.
 *
 * @see https://www.unicode.org/reports/tr11/
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (NO_COLUMN.test(character)) continue;
    width += TWO_COLUMNS.test(character) && !HALF_WIDTH.test(character) ? 2 : 1;
  }
  return width;
}

/** Shortens a text to at most `columns`, with `…` at the end when something was cut. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const character of text) {
    width += textWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Katakana and Hangul have narrow forms too. */
const HALF_WIDTH = /^[\uff61-\uffdc]$/;
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const TWO_COLUMNS =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u2e80-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;
