import { randomBytes } from "node:crypto";
import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";

/** Bytes of one segment with the ending of a temporary name; the most that file systems and servers take is 255. */
const MAX_SEGMENT_BYTES = 255;
const PART_BYTES = ".00000000.part".length;

const PART = /\.[0-9a-f]{8}\.part$/;

// deno-lint-ignore no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f:<>?*|"\\]/;

/** What Windows takes for a device, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Checks that every kind of target can hold an object of this name, told apart from every other.
 *
 * @param name Segments with slashes between them, each at most 241 bytes.
 * @throws {AppError} `target.name` with what is wrong.
 */
export function checkObjectName(name: string): string {
  const reason = name.split("/").map(faultOf).find((found) => found !== null) ??
    (name.normalize("NFC") === name ? null : DECOMPOSED);
  if (reason !== null) throw new AppError("target.name", { name, reason });
  return name;
}

const DECOMPOSED: Notice = {
  zh: "含有分解形式的字母（应为 NFC）",
  en: "its letters are decomposed, expected NFC",
};

function faultOf(segment: string): Notice | null {
  if (segment === "" || segment === "." || segment === "..") {
    return { zh: `有 "${segment}" 这一段`, en: `it has the segment "${segment}"` };
  }
  const character = FORBIDDEN.exec(segment)?.[0];
  if (character !== undefined) {
    const shown = JSON.stringify(character);
    return { zh: `含有字符 ${shown}`, en: `it has the character ${shown}` };
  }
  if (/^ |[. ]$/.test(segment)) {
    return { zh: "一段以空格开头，或以空格、点结尾", en: "a blank or dot stands at an end" };
  }
  if (DEVICE.test(segment)) return { zh: "是设备名", en: "it is a device's name" };
  if (PART.test(segment)) {
    return { zh: "以未完成上传的后缀结尾", en: "it ends like an unfinished upload" };
  }
  const bytes = new TextEncoder().encode(segment).length;
  if (bytes <= MAX_SEGMENT_BYTES - PART_BYTES) return null;
  const most = MAX_SEGMENT_BYTES - PART_BYTES;
  return {
    zh: `一段有 ${bytes} 字节，最多 ${most}`,
    en: `${bytes} bytes, expected ${most} at most`,
  };
}

/** Makes a name for one attempt at writing `name`: in the same folder, with an ending that every listing shows. */
export function partName(name: string): string {
  return `${name}.${randomBytes(4).toString("hex")}.part`;
}

/** Tells whether {@linkcode partName} made this name. */
export function isPartName(name: string): boolean {
  return PART.test(name);
}
