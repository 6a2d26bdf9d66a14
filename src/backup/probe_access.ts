import { dirname, join } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { readFreeSpace } from "../storage/free_space.ts";
import { fromOsError } from "../storage/os_error.ts";
import { temporaryName } from "../storage/temporary.ts";

/**
 * Tries, at start, what the first backup or restore will need, and says how to mend what does not work.
 *
 * Writes and removes one empty file in the folders of the database, covers, config and backups. Nothing here stops
 * the start: an administrator who can read the page is better off than one who cannot, and a new server has no
 * database before its first restore.
 */
export async function probeAccess(config: Config): Promise<Notice[]> {
  const folders = new Set([
    dirname(config.database.path),
    config.covers,
    ...config.path === null ? [] : [dirname(config.path)],
    config.backup.path,
  ]);
  const notices: Notice[] = [];
  for (const folder of folders) notices.push(...await probeFolder(folder));
  return [...notices, ...await probeDatabase(config), ...await probeMounts(config)];
}

/** Looks without opening: another program may be writing. */
async function probeDatabase({ database: { path } }: Config): Promise<Notice[]> {
  try {
    await Deno.stat(path);
    return [];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return [];
    return [noticeOf(new AppError("database.missing", { path }))];
  }
}

async function probeFolder(folder: string): Promise<Notice[]> {
  const probe = temporaryName(join(folder, "probe"));
  try {
    using file = await Deno.open(probe, { write: true, createNew: true, mode: 0o600 });
    const keepsMode = (await file.stat()).mode === null ||
      ((await file.stat()).mode ?? 0) % 0o1000 === 0o600;
    await Deno.remove(probe);
    return keepsMode ? [] : [{
      zh: `${folder} 所在的文件系统不支持权限设置（如 exFAT、SMB），备份文件可能被其他用户读取`,
      en:
        `${folder} is on a file system without permissions (such as exFAT or SMB); others may be able to read backups`,
    }];
  } catch (error) {
    const known = fromOsError(error, folder);
    if (isAppError(known, "storage.missing")) return [];
    if (!isAppError(known)) throw known;
    const { zh, en } = noticeOf(known);
    return [{
      zh:
        `无法写入 ${folder}，恢复或备份将失败: ${zh}（让本服务与书库使用同一用户，例如 compose 中的 user: "\${PUID}:\${PGID}"）`,
      en:
        `Cannot write to ${folder}, so a restore or backup will fail: ${en} (run as the library's user, such as user: "\${PUID}:\${PGID}" in compose)`,
    }];
  }
}

async function probeMounts(config: Config): Promise<Notice[]> {
  const database = await readFreeSpace(dirname(config.database.path));
  if (!database.isNetwork) return [];
  return [{
    zh:
      `数据库位于网络或 FUSE 文件系统 (${database.fileSystem})，SQLite 在其上可能损坏；备份照常进行，恢复需要 force`,
    en:
      `The database is on a network or FUSE file system (${database.fileSystem}), where SQLite may be damaged; backups go on, a restore needs force`,
  }];
}
