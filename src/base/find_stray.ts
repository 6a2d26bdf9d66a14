import type { Notice } from "./messages/mod.ts";
import { visibleText } from "./text.ts";

/** What came along with a value. */
export interface Stray {
  /** What the value should be. */
  readonly expected: Notice;
  /** What it is, safe to show. */
  readonly found: string;
}

/** What opens a quotation, and what closes it; of some, people use either for both. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "“": "”",
  "”": "”",
  "„": "“",
  "‘": "’",
  "’": "’",
  "«": "»",
  "「": "」",
  "『": "』",
  "＂": "＂",
  "＇": "＇",
};

/** Marks that no name begins or ends with: one of them alone is half of a pair. */
const HALF = /^["“”„＂]|["“”„＂]$/;

/** Seen by nobody: what a browser, an office program or a chat adds to copied text. */
const INVISIBLE =
  /[\u00a0\u00ad\u034f\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb]/u;

/**
 * Finds what came along when a value was copied or an env file was written for a shell: quotes that became part of it, a
 * line break of Windows, blanks, characters that nobody sees.
 *
 * A folder called `"` is made without a complaint, and is lost with the container.
 *
 * @returns What the value should be, or `null` when nothing is wrong.
 */
export function findStray(text: string): Stray | null {
  const ends = [text.at(0) ?? "", text.at(-1) ?? ""];
  const inner = bare(text);
  const shown = visibleText(inner);
  const shownText = visibleText(text);
  if (/[\r\n]/.test(ends.join(""))) {
    return {
      expected: {
        en: `${shown} without the line break (an env file with Windows line ends?)`,
        zh: `不带换行符的 ${shown}（env 文件可能用了 Windows 换行）`,
      },
      found: shownText,
    };
  }
  const invisible = ends.find((character) => INVISIBLE.test(character));
  if (invisible !== undefined) {
    const code = `U+${(invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    return {
      expected: {
        en: `${shown} without the invisible character ${code}`,
        zh: `不带不可见字符 ${code} 的 ${shown}`,
      },
      found: `"${shownText}"`,
    };
  }
  if (inner !== text.trim()) {
    return {
      expected: {
        en: `${shown} without the quotes`,
        zh: `不带引号的 ${shown}`,
      },
      found: shownText,
    };
  }
  if (text !== text.trim()) {
    return {
      expected: {
        en: `${shown} without the blanks around it`,
        zh: `前后不带空格的 ${shown}`,
      },
      found: `"${shownText}"`,
    };
  }
  return null;
}

/** The value that was meant. */
function bare(text: string): string {
  const isEdge = (character: string) => /\s/.test(character) || INVISIBLE.test(character);
  const characters = [...text];
  while (isEdge(characters.at(0) ?? "")) characters.shift();
  while (isEdge(characters.at(-1) ?? "")) characters.pop();
  const [first = "", last = ""] = [characters.at(0), characters.at(-1)];
  const isQuoted = characters.length > 1 && QUOTES[first] === last;
  const inner = characters.join("");
  if (isQuoted) return bare(characters.slice(1, -1).join(""));
  return HALF.test(inner) ? bare(inner.replace(HALF, "")) : inner;
}
