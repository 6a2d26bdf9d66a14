import { Buffer } from "node:buffer";
import type { Notice } from "../base/messages/mod.ts";

/** As many bytes from the beginning are enough to recognise a file. */
export const HEAD_BYTES = 512;

interface Mark {
  readonly zh: string;
  readonly en: string;
  /** What such a file begins with, one character for each byte. */
  readonly begins: string;
  /** Where that stands; default at the very beginning. */
  readonly at?: number;
}

/** What people have lying beside their backups, or call by a backup's name. The first that fits is told. */
const MARKS: readonly Mark[] = [
  { zh: "RAR 压缩包", en: "a RAR archive", begins: "Rar!\x1a\x07" },
  { zh: "7z 压缩包", en: "a 7z archive", begins: "7z\xbc\xaf\x27\x1c" },
  { zh: "gzip 压缩文件（如 tar.gz）", en: "a gzip file, such as tar.gz", begins: "\x1f\x8b" },
  { zh: "bzip2 压缩文件", en: "a bzip2 file", begins: "BZh" },
  { zh: "xz 压缩文件", en: "an xz file", begins: "\xfd7zXZ\0" },
  { zh: "Zstandard 压缩文件", en: "a Zstandard file", begins: "\x28\xb5\x2f\xfd" },
  { zh: "tar 包", en: "a tar archive", begins: "ustar", at: 257 },
  { zh: "CAB 压缩包", en: "a CAB archive", begins: "MSCF" },
  { zh: "SQLite 数据库文件本身", en: "a SQLite database itself", begins: "SQLite format 3\0" },
  { zh: "Windows 程序（.exe）", en: "a Windows program (.exe)", begins: "MZ" },
  { zh: "Linux 程序", en: "a Linux program", begins: "\x7fELF" },
  {
    zh: "旧版 Office 文档",
    en: "an old Office document",
    begins: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
  },
  { zh: "PDF 文档", en: "a PDF document", begins: "%PDF" },
  { zh: "JPEG 图片", en: "a JPEG picture", begins: "\xff\xd8\xff" },
  { zh: "PNG 图片", en: "a PNG picture", begins: "\x89PNG" },
  { zh: "GIF 图片", en: "a GIF picture", begins: "GIF8" },
  { zh: "WebP 图片", en: "a WebP picture", begins: "WEBP", at: 8 },
  {
    zh: "macOS 的 AppleDouble 附属文件（._ 开头），不是 ZIP 本身",
    en: "an AppleDouble file of macOS (its name begins with ._), not the ZIP itself",
    begins: "\x00\x05\x16\x07",
  },
];

/** What texts begin with, after white space. */
const TEXTS: readonly [RegExp, Notice][] = [
  [/^(?:<!doctype html|<html|<head|<body)/i, {
    zh: "网页（HTML），多半是下载时得到的登录页或错误页",
    en: "a web page (HTML), most likely the sign-in or error page that a download gave",
  }],
  [/^<\?xml/i, { zh: "XML 文件", en: "an XML file" }],
  [/^--[\w-]+\r?\ncontent-disposition:/i, {
    zh: "一份表单（multipart/form-data），应使用 POST upload，或只发送文件本身",
    en: "a form (multipart/form-data); use POST upload, or send the file alone",
  }],
  [/^HTTP\/\d/, {
    zh: "带有 HTTP 头的下载内容，请去掉前面的头",
    en: "a download with its HTTP headers before it; take them off",
  }],
  [/^#!/, { zh: "脚本", en: "a script" }],
  [/^[[{]/, { zh: "JSON 文件", en: "a JSON file" }],
];

const NO_BEGINNING: Notice = {
  zh:
    "开头没有 ZIP 标记的数据：ZIP 前面混入了别的内容，或者这是分卷压缩包的最后一卷（请先把各卷合并）",
  en:
    "data that do not begin like a ZIP: something stands before it, or this is the last part of a split archive (join the parts first)",
};

/**
 * Tells what a file is by how it begins, when that is nothing a ZIP could begin with; `null`: some text.
 *
 * @param head The first {@linkcode HEAD_BYTES}, or all there is.
 */
export function recogniseFile(head: Uint8Array): Notice | null {
  if (head.length === 0) return { zh: "空文件（0 字节）", en: "an empty file (0 bytes)" };
  if (head.every((byte) => byte === 0)) {
    return {
      zh: `开头 ${head.length} 字节全是 0 的文件，多半是没有下载完的占位文件`,
      en:
        `a file of ${head.length} zeros to begin with, most likely the shell of an unfinished download`,
    };
  }
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  const mark = MARKS.find(({ begins, at = 0 }) => bytes.startsWith(begins, at));
  if (mark !== undefined) return { zh: mark.zh, en: mark.en };
  const text = new TextDecoder().decode(head).trimStart();
  const known = TEXTS.find(([begins]) => begins.test(text));
  if (known !== undefined) return known[1];
  // deno-lint-ignore no-control-regex -- what no text holds
  return /[\0-\x08\x0e-\x1f]/.test(text) ? NO_BEGINNING : null;
}
