import type { Notice } from "../base/messages/mod.ts";
import type { Archive } from "./read.ts";

/** Entries by which a ZIP that is no backup is known for what it is. */
const MARKS: readonly [RegExp, Notice][] = [
  [/^word\//, { zh: "Word 文档（.docx）", en: "a Word document (.docx)" }],
  [/^xl\//, { zh: "Excel 表格（.xlsx）", en: "an Excel sheet (.xlsx)" }],
  [/^ppt\//, { zh: "PowerPoint 演示文稿（.pptx）", en: "a PowerPoint presentation (.pptx)" }],
  [/^META-INF\/container\.xml$/, { zh: "EPUB 电子书", en: "an EPUB book" }],
  [/^AndroidManifest\.xml$/, { zh: "Android 应用（.apk）", en: "an Android app (.apk)" }],
  [/^META-INF\/MANIFEST\.MF$/, { zh: "Java 程序（.jar）", en: "a Java program (.jar)" }],
  [/^META-INF\/manifest\.xml$/, { zh: "OpenDocument 文档", en: "an OpenDocument file" }],
];

/** Entries that are looked at. */
const LOOKED_AT = 1000;

/** Tells what a ZIP is that is no backup, by what is inside. */
export async function recogniseZip(archive: Archive): Promise<Notice> {
  const names: string[] = [];
  for await (const { path } of archive.entries()) {
    names.push(path);
    if (names.length === LOOKED_AT) break;
  }
  const known = MARKS.find(([mark]) => names.some((name) => mark.test(name)));
  if (known !== undefined) return known[1];
  if (names.length === 0) return { zh: "空的 ZIP", en: "an empty ZIP" };
  const first = names.slice(0, 3).join(", ");
  return { zh: `含有 ${first} 等的 ZIP`, en: `a ZIP with ${first} and the like` };
}
