import { dirname } from "node:path";
import { failPoint } from "../base/fail_point.ts";
import { fromOsError, isOsError } from "./os_error.ts";
import { syncFolder } from "./sync_folder.ts";

export { syncFolder } from "./sync_folder.ts";

/** What file systems answer that know no hard links (exFAT, SMB, some FUSE and container mounts). */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"];

/**
 * Gives a finished temporary its final name: whole, on disk, and never over another file.
 *
 * Where hard links fail the name is claimed by an empty file first, so a power cut between the two
 * steps can leave that empty file.
 *
 * @param temporary A complete file in the same folder; gone afterwards.
 * @param final The name it appears under.
 * @throws {AppError} `storage.exists` when `final` is taken (the temporary stays), other `storage.*`.
 */
export async function publishFile(temporary: string, final: string): Promise<void> {
  try {
    await syncFile(temporary);
    if (!await linkNew(temporary, final)) await claimAndRename(temporary, final);
  } catch (error) {
    throw fromOsError(error, final);
  }
  await syncFolder(dirname(final));
}

/**
 * {@linkcode publishFile} for file systems without hard links.
 *
 * @throws The operating system's error; `EEXIST` when `final` is taken.
 */
export async function claimAndRename(temporary: string, final: string): Promise<void> {
  (await Deno.open(final, { write: true, createNew: true, mode: 0o600 })).close();
  try {
    await Deno.rename(temporary, final);
  } catch (error) {
    await Deno.remove(final);
    throw error;
  }
}

async function linkNew(temporary: string, final: string): Promise<boolean> {
  try {
    await Deno.link(temporary, final);
  } catch (error) {
    if (isOsError(error, ...NO_LINKS)) return false;
    throw error;
  }
  failPoint("publish.linked");
  await Deno.remove(temporary);
  return true;
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}
