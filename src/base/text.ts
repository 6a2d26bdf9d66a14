/**
 * Makes text from strangers safe to print in a terminal or a log line.
 *
 * Control characters (C0, DEL, C1), line and paragraph separators and the bidirectional controls that can
 * reorder a line on screen become visible escapes such as `\u202e`; everything else stays.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
export function visibleText(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- these are the characters to find
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Writes a number of bytes for a person: `52.5 MB`, with 1 MB = 1,048,576 bytes as the library's page counts. */
export function humanBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}
