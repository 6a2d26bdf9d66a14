import { dirname } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";
import { readLastRestore } from "../restore/last_restore.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { expectedHashes } from "./expected_hashes.ts";
import { isOwn } from "./is_own.ts";
import type { LabelledOrder } from "./restore_order.ts";

/**
 * Makes the order that brings back the state before the last restore: the snapshot that belongs to it, with
 * this machine's own config to the letter, and the database as it was in the last second where the snapshot
 * was older.
 *
 * @param options `ofJob`: only if the last restore was this job's.
 * @throws {AppError} `restore.nothing_to_undo`
 */
export async function undoOrder(
  services: { config: Config; catalog: Catalog },
  options: { ofJob?: string } = {},
): Promise<LabelledOrder> {
  const last = await readLastRestore(dirname(services.config.database.path));
  const isAnothers = options.ofJob !== undefined && last?.jobId !== options.ofJob;
  // One that was rolled back has undone itself; the one before it is not what is meant.
  if (last?.outcome !== "done" || last.snapshotId === null || isAnothers) {
    throw new AppError("restore.nothing_to_undo");
  }
  const snapshot = await find(services.catalog, last.snapshotId);
  return {
    backupId: snapshot.backup_id,
    restoring: snapshot.backup_id,
    becomes: null,
    archive: snapshot.file_path,
    parts: last.parts,
    undoes: {
      absent: last.parts.filter((part) => !snapshot.includes.includes(part)),
      createdConfig: last.createdConfig ?? [],
      madeFolders: last.madeFolders ?? [],
      extraPaths: last.extraPaths ?? [],
    },
    coversMode: "exact",
    createSnapshot: true,
    machineKeys: true,
    force: true,
    // What was there before comes back to the letter.
    upgradeSchema: false,
    isOwn: isOwn(snapshot),
    libraryStopped: false,
    databaseOverride: last.undoDatabase,
    expected: expectedHashes(snapshot),
  };
}

async function find(catalog: Catalog, backupId: string): Promise<BackupRecord> {
  try {
    return await catalog.get(backupId);
  } catch (error) {
    if (isAppError(error, "backup.not_found")) {
      throw new AppError("restore.nothing_to_undo", {}, { cause: error });
    }
    throw error;
  }
}
