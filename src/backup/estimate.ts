import { stat } from "node:fs/promises";
import type { Config, Part } from "../config/types.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";

/** What deflate leaves of a database of text, at worst by experience; at level 0 nothing is saved. */
const DEFLATED_SHARE = 0.6;

/**
 * Bytes that making a backup needs on the store's volume: the scratch copy of the database, and the archive.
 *
 * @param fileBytes Bytes of all covers and extra files, which are taken for pictures: stored as they are.
 */
export async function estimateBytes(
  config: Config,
  includes: readonly Part[],
  fileBytes: number,
): Promise<number> {
  const share = config.backup.compressionLevel === 0 ? 1 : DEFLATED_SHARE;
  const database = includes.includes("database") ? await databaseBytes(config.database.path) : 0;
  return Math.ceil(database * (1 + share)) + fileBytes + 1_048_576;
}

/**
 * Bytes of a database and of what its log still holds; 0 when there is none, or a folder in its place. Only `stat`: it
 * may be in use.
 *
 * @throws {AppError} `storage.*` when the disk does not tell.
 */
export async function databaseBytes(path: string): Promise<number> {
  const [main, log] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`)]);
  return main + log;
}

async function sizeOf(path: string): Promise<number> {
  try {
    const info = await stat(path);
    return info.isFile() ? info.size : 0;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return 0;
    throw fromOsError(error, path);
  }
}
