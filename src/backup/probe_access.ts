import { dirname } from "node:path";
import { isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { DatabaseSurvey } from "../database/mod.ts";
import { readFreeSpace } from "../storage/free_space.ts";
import { probeFolder } from "../storage/probe_folder.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { tryCreate } from "../storage/try_create.ts";
import { probeReading } from "./probe_reading.ts";

/**
 * Tries, at start, what the first backup or restore will need, and says how to mend what does not work.
 *
 * Makes an empty file in the folders of the database, covers, config and backups, which nobody sees but in the last, and
 * looks for what cannot be read, for some seconds at most. Nothing here stops the start: an administrator who can read the page is better off than one who cannot, and a new server has no
 * database before its first restore.
 */
export async function probeAccess(config: Config): Promise<Notice[]> {
  const folders = new Set([
    dirname(config.database.path),
    config.covers,
    ...config.path === null ? [] : [dirname(config.path)],
  ]);
  const notices: Notice[] = [];
  for (const folder of folders) notices.push(...await tryFolder(folder, tryLibraryFolder));
  return [
    ...notices,
    ...await tryFolder(config.backup.path, tryStore),
    ...await probeReading(config),
    ...await probeStore(config),
    ...await probeDatabase(config),
    ...await probeMounts(config),
  ];
}

/** A new server has no database before its first restore; but a wrong mount looks the same. */
async function probeDatabase({ database: { path } }: Config): Promise<Notice[]> {
  const { error } = await new DatabaseSurvey(path).look();
  return error === null ? [] : [noticeOf(error)];
}

async function tryLibraryFolder(folder: string): Promise<Notice[]> {
  await tryCreate(folder);
  return flushNotices(folder, await syncFolder(folder));
}

async function tryStore(folder: string): Promise<Notice[]> {
  const { keepsMode, locks, flushes } = await probeFolder(folder);
  return [
    ...keepsMode ? [] : [{
      zh: `${folder} 所在的文件系统不支持权限设置（如 exFAT、SMB），备份文件可能被其他用户读取`,
      en:
        `${folder} is on a file system without permissions (such as exFAT or SMB); others may be able to read backups`,
    }],
    ...locks ? [] : [{
      zh:
        `${folder} 所在的文件系统不支持 flock，改用心跳锁文件；进程被杀后最多半分钟内不能开始新任务`,
      en:
        `${folder} is on a file system without flock; a lock file with a heartbeat stands in, and after a kill the next job may have to wait half a minute`,
    }],
    ...flushNotices(folder, flushes),
  ];
}

function flushNotices(folder: string, flushes: boolean): Notice[] {
  return flushes ? [] : [{
    zh: `${folder} 所在的文件系统不能刷新目录，突然断电可能丢失刚写入的文件`,
    en:
      `${folder} is on a file system that cannot flush a folder; a power cut may lose a file just written`,
  }];
}

async function tryFolder(
  folder: string,
  attempt: (folder: string) => Promise<Notice[]>,
): Promise<Notice[]> {
  try {
    return await attempt(folder);
  } catch (error) {
    if (isAppError(error, "storage.missing")) return [];
    if (!isAppError(error)) throw error;
    const { zh, en } = noticeOf(error);
    return [{
      zh:
        `无法写入 ${folder}，恢复或备份将失败: ${zh}（让本服务与书库使用同一用户，例如 compose 中的 user: "\${PUID}:\${PGID}"）`,
      en:
        `Cannot write to ${folder}, so a restore or backup will fail: ${en} (run as the library's user, such as user: "\${PUID}:\${PGID}" in compose)`,
    }];
  }
}

/** File systems that end with a container, or with the machine's memory. */
const PASSING: Readonly<Record<string, Notice>> = {
  overlay: {
    zh:
      "在容器自身之内，没有挂载；容器重建时其中的备份会一起消失（请挂载该文件夹，例如 ./backups:/backups）",
    en: "is inside the container and not mounted: its backups go when the container is made anew " +
      "(mount it, such as ./backups:/backups)",
  },
  tmpfs: {
    zh: "位于内存中（tmpfs）；重启后其中的备份会消失",
    en: "is in memory (tmpfs): its backups go with the next restart",
  },
};

/** A forgotten mount looks like success until the day the backups are needed. */
async function probeStore({ backup: { path } }: Config): Promise<Notice[]> {
  const { fileSystem } = await readFreeSpace(path);
  const fate = PASSING[fileSystem];
  if (fate === undefined) return [];
  return [{ zh: `备份文件夹 ${path} ${fate.zh}`, en: `The folder of backups ${path} ${fate.en}` }];
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
