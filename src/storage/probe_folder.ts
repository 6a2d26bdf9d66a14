import { join } from "node:path";
import { NO_FLOCK } from "./no_flock.ts";
import { fromOsError, isOsError } from "./os_error.ts";
import { syncFolder } from "./sync_folder.ts";
import { temporaryName } from "./temporary.ts";

/** What the file system of a folder can do. */
export interface FolderAbilities {
  /** Keeps permissions; exFAT and many SMB mounts do not. */
  readonly keepsMode: boolean;
  /** Knows flock(2); without it a lock is a file with a heartbeat. */
  readonly locks: boolean;
  /** Can flush a folder; without it a new name may not survive a power cut. */
  readonly flushes: boolean;
}

/**
 * Tries a folder out with one empty file, which is removed again.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.read_only`, other `storage.*`.
 */
export async function probeFolder(folder: string): Promise<FolderAbilities> {
  const probe = temporaryName(join(folder, "probe"));
  try {
    using file = await Deno.open(probe, { write: true, createNew: true, mode: 0o600 });
    try {
      const { mode } = await file.stat();
      return {
        keepsMode: mode === null || mode % 0o1000 === 0o600,
        locks: await canLock(file),
        flushes: await syncFolder(folder),
      };
    } finally {
      await Deno.remove(probe);
    }
  } catch (error) {
    throw fromOsError(error, folder);
  }
}

async function canLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    if (isOsError(error, ...NO_FLOCK)) return false;
    throw error;
  }
}
