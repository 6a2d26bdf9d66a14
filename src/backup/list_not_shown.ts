import type { Notice } from "../base/messages/mod.ts";
import { fromOsError } from "../storage/os_error.ts";
import { backupIdOf } from "./backup_id.ts";
import type { NotShown } from "./types.ts";

/** What browsers and copiers call a file that they have not finished. */
const UNFINISHED =
  /\.zip\.(?:part|partial|filepart|crdownload|download|opdownload|aria2|te?mp|!ut)$/i;
/** Also what a browser makes of a second download, or of a name in capitals. */
const ZIP = /\.zip(?:\s*\(\d+\))?$/i;

/**
 * Names what lies among the backups, looks like one, and is not listed, with the reason and the cure.
 *
 * @param folder The folder of backups.
 * @throws {AppError} `storage.*`
 */
export function listNotShown(folder: string): NotShown[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap((entry) => {
      const detail = entry.name.startsWith(".") ? null : reasonFor(entry);
      return detail === null ? [] : [{ file_name: entry.name, detail }];
    }).sort((a, b) => a.file_name < b.file_name ? -1 : 1);
  } catch (error) {
    throw fromOsError(error, folder);
  }
}

function reasonFor({ name, isFile }: Deno.DirEntry): Notice | null {
  if (UNFINISHED.test(name)) {
    return {
      zh: "不显示：看来下载或复制尚未完成",
      en: "not shown: it looks like a download or copy that has not finished",
    };
  }
  if (!ZIP.test(name)) return null;
  if (backupIdOf(name) === null) {
    return {
      zh:
        "因名称而不显示：备份的名称应如 backup_20260115_230000.zip。请按其创建时间改名，或上传这个文件",
      en:
        "not shown because of its name: a backup is called like backup_20260115_230000.zip. Rename it by the time it was made, or upload it",
    };
  }
  return isFile ? null : {
    zh: "不显示：它是文件夹或链接，不是文件",
    en: "not shown: it is a folder or a link, not a file",
  };
}
