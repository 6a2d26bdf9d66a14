import { dirname, isAbsolute, relative, sep } from "node:path";
import { realPath } from "../base/real_path.ts";
import type { Checker } from "./checker.ts";
import { Refusal } from "./rules.ts";
import type { Config } from "./types.ts";

/** The folders whose places relative to each other matter; all absolute. */
export interface Folders extends Pick<Config, "path" | "root" | "covers"> {
  readonly database: string;
  readonly backups: string;
  readonly extraPaths: readonly string[];
}

const REFUSALS = {
  backupsInCovers: new Refusal({
    en: "a folder outside the covers folder, or backups would contain backups",
    zh: "封面目录之外的目录，否则备份会包含备份",
  }),
  backupsInConfig: new Refusal({
    en: "a folder outside the config folder, or backups would contain backups",
    zh: "配置目录之外的目录，否则备份会包含备份",
  }),
  databaseInCovers: new Refusal({
    en: "a folder that does not contain the database",
    zh: "不含数据库文件的目录",
  }),
  extraOutside: new Refusal({
    en: "a path inside the library root and not the root itself",
    zh: "书库根目录之内的路径，且不是根目录本身",
  }),
  extraOverlaps: new Refusal({
    en: "a path that contains neither the database nor the backups",
    zh: "既不含数据库也不含备份的路径",
  }),
};

/**
 * Refuses folders that would make a backup contain itself or read the live database as a plain file.
 *
 * Links are followed first: a folder that is another by its real name is that other.
 */
export async function checkFolders(folders: Folders, checker: Checker): Promise<void> {
  const root = await realPath(folders.root);
  const covers = await realPath(folders.covers);
  const backups = await realPath(folders.backups);
  const database = await realPath(folders.database);
  if (isInside(backups, covers)) {
    checker.refuse("backup.backup_path", REFUSALS.backupsInCovers, folders.backups);
  }
  if (isInside(database, covers)) {
    checker.refuse("directories.covers", REFUSALS.databaseInCovers, folders.covers);
  }
  if (folders.path !== null) {
    const config = await realPath(dirname(folders.path));
    // A config file in the root, or above it, does not make the whole library its folder.
    if (!isInside(root, config) && isInside(backups, config)) {
      checker.refuse("backup.backup_path", REFUSALS.backupsInConfig, folders.backups);
    }
  }
  for (const path of folders.extraPaths) {
    const extra = await realPath(path);
    if (extra === root || !isInside(extra, root)) {
      checker.refuse("backup.extra_paths", REFUSALS.extraOutside, path);
    } else if (isInside(database, extra) || isInside(backups, extra) || isInside(extra, backups)) {
      checker.refuse("backup.extra_paths", REFUSALS.extraOverlaps, path);
    }
  }
}

/** Tells whether `path` is `folder` or below it. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
