import { dirname, extname, join } from "node:path";
import { isAppError } from "../base/errors.ts";
import { copyDatabase } from "../database/copy.ts";
import { fromOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { liveSchemaVersion } from "./apply_database.ts";
import type { Journal } from "./journal.ts";
import { copyRaw, moveRaw } from "./raw_copy.ts";
import { exists, freeName, keptPath, lookUp, makeStaging, removeStaging } from "./staging.ts";

/** The bytes of a database that was damaged before the restore, until it has gone through. */
export function rawPath(staging: string): string {
  return join(staging, "old.raw");
}

/**
 * Copies the live database to the kept folder before it is overwritten: `library.db`, or `library-2.db` and so on; what
 * is no database any more, as `library.raw`.
 *
 * What an earlier call kept stays, for it may be the only copy of rows that were overwritten since.
 *
 * @param instead Path of an earlier copy after which nothing was overwritten: this one takes its place.
 * @returns Path of the copy; `null` when there is nothing to keep.
 */
export async function keepDatabase(
  journal: Journal,
  live: string,
  instead: string | null = null,
): Promise<string | null> {
  const size = lookUp(live) === null ? 0 : (await Deno.stat(live)).size;
  if (size === 0) return null;
  // Killed while it copies, a call leaves half a database: in a folder that goes, and it is kept when it is whole.
  const copying = join(journal.staging, "kept");
  await removeStaging(copying);
  await makeStaging(copying);
  const name = await copyWhole(live, copying);
  const folder = await makeKeptFolder(journal);
  const isOfItsKind = instead !== null && extname(instead) === extname(name);
  const kept = isOfItsKind ? instead : freeName(folder, name);
  await moveRaw(join(copying, name), kept);
  await syncFolder(dirname(folder));
  return kept;
}

/**
 * Moves the bytes of a database that was damaged before the restore to the kept folder, where nothing is ever deleted.
 * Repeatable.
 *
 * @returns Where they are now; `null` when there never were any but in the snapshot.
 */
export async function keepRaw(journal: Journal): Promise<string | null> {
  const kept = keptRawPath(journal);
  const raw = rawPath(journal.staging);
  if (!exists(raw)) return exists(kept) ? kept : null;
  await makeKeptFolder(journal);
  await moveRaw(raw, kept);
  return kept;
}

/** Where the bytes of a database that was damaged before the restore are; `null` when nowhere but in the snapshot. */
export function findRaw(journal: Journal): string | null {
  return [keptRawPath(journal), rawPath(journal.staging)].find(exists) ?? null;
}

function keptRawPath(journal: Journal): string {
  return join(keptPath(dirname(journal.staging), journal.id), "before-restore.raw");
}

/** @returns The name of the copy. */
async function copyWhole(live: string, folder: string): Promise<string> {
  if (await liveSchemaVersion(live) !== null) {
    try {
      await copyDatabase(live, join(folder, "library.db"));
      return "library.db";
    } catch (error) {
      if (!isAppError(error, "database.damaged", "database.not_sqlite", "database.unsupported")) {
        throw error;
      }
    }
  }
  await copyRaw(live, join(folder, "library.raw"));
  return "library.raw";
}

async function makeKeptFolder(journal: Journal): Promise<string> {
  const folder = keptPath(dirname(journal.staging), journal.id);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromOsError(error, folder);
  }
  return folder;
}
