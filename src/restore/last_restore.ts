import { join } from "node:path";
import type { Part } from "../config/types.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

/** What is remembered of the newest restore: for undo, for estimates, and to know a superseded journal. */
export interface LastRestore {
  readonly id: string;
  readonly sequence: number;
  readonly outcome: "done" | "rolled_back";
  readonly backupId: string;
  readonly snapshotId: string | null;
  readonly parts: readonly Part[];
  readonly jobId: string;
  readonly actor: string;
  readonly finishedAt: string;
  /** Copy of the database as it was just before, when it had moved on since the snapshot; undo prefers it. */
  readonly undoDatabase: string | null;
  /** Config files that there were none of before. */
  readonly createdConfig?: readonly string[];
  /** Folders that the restore made, the innermost first. */
  readonly madeFolders?: readonly string[];
  /** What named extra files then, by paths from the library root. */
  readonly extraPaths?: readonly string[];
  /** For the next estimate. */
  readonly bytes: number;
  readonly seconds: number | null;
}

/**
 * Reads the record beside the live database.
 *
 * @returns `null` when there is none, or when it is unreadable as one: it is a convenience, the journal is
 * the truth.
 * @throws {AppError} `storage.*`
 */
export async function readLastRestore(folder: string): Promise<LastRestore | null> {
  try {
    const value = JSON.parse(await Deno.readTextFile(lastRestorePath(folder)));
    return typeof value?.id === "string" && Number.isSafeInteger(value.sequence) &&
        Array.isArray(value.parts)
      ? value
      : null;
  } catch (error) {
    if (error instanceof SyntaxError || isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, lastRestorePath(folder));
  }
}

/** Writes the record, durable when this returns. */
export async function writeLastRestore(folder: string, record: LastRestore): Promise<void> {
  await writeAtomic(lastRestorePath(folder), JSON.stringify(record, null, 1), { mode: 0o600 });
}

/** Where the record lies. */
export function lastRestorePath(folder: string): string {
  return join(folder, ".shuku-restore-last.json");
}

/** Where the copy for undo lies. */
export function undoDatabasePath(folder: string, restoreId: string): string {
  return join(folder, `.shuku-undo-${restoreId}.db`);
}

/** Removes every copy for undo but the one that the record names. */
export async function removeUndoDatabases(folder: string, except: string | null): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (/^\.shuku-undo-[0-9a-f]+\.db$/.test(name) && path !== except) await Deno.remove(path);
    }
  } catch (error) {
    throw fromOsError(error, folder);
  }
}
