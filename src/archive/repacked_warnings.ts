import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import type { ContentReport } from "./check_content.ts";

/** Names in one warning. */
const NAMED = 10;

/** Tells of a sound archive what some other program did to it: a folder around everything, files of its own. */
export function repackedWarnings(
  { wrapper, ignored, ignoredCount }: Pick<ContentReport, "wrapper" | "ignored" | "ignoredCount">,
): Notice[] {
  const warnings: Notice[] = [];
  if (wrapper !== null) {
    const folder = visibleText(wrapper);
    warnings.push({
      zh: `这个备份被重新打包过：内容都在文件夹 ${folder} 里面，已照常读取`,
      en:
        `This backup was packed anew: everything is inside the folder ${folder}, and was read as usual`,
    });
  }
  if (ignoredCount === 0) return warnings;
  const names = ignored.slice(0, NAMED).map(visibleText);
  const isAll = names.length === ignoredCount;
  warnings.push({
    zh: `备份中有 ${ignoredCount} 个其他程序加入的文件，已忽略: ${names.join("、")}${
      isAll ? "" : " 等"
    }`,
    en:
      `The backup holds ${ignoredCount} files that other programs have added; they are passed over: ${
        names.join(", ")
      }${isAll ? "" : ", …"}`,
  });
  return warnings;
}
