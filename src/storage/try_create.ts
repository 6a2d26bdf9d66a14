import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fromOsError, isOsError } from "./os_error.ts";
import { temporaryName } from "./temporary.ts";

/** Makes a file without a name, which is gone when it is closed. @see https://man7.org/linux/man-pages/man2/open.2.html */
const O_TMPFILE = 0o20200000;

/** What file systems answer that know no files without names (NFS, exFAT, some FUSE). */
const NEEDS_NAME = ["ENOTSUP", "EOPNOTSUPP", "EISDIR", "EINVAL"];

/**
 * Proves that a file can be made in a folder. Where the file system can do without a name nobody sees one there: a library
 * may be looking for covers.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.read_only`, other `storage.*`.
 */
export async function tryCreate(folder: string): Promise<void> {
  try {
    await using _file = await open(folder, O_TMPFILE | constants.O_RDWR, 0o600);
  } catch (error) {
    // Deno opens some folders, such as those of /dev, as files only for who may do everything.
    const isRefused = error instanceof Deno.errors.NotCapable || isOsError(error, ...NEEDS_NAME);
    if (!isRefused) throw fromOsError(error, folder);
    await tryCreateNamed(folder);
  }
}

async function tryCreateNamed(folder: string): Promise<void> {
  const temporary = temporaryName(join(folder, "probe"));
  try {
    (await Deno.open(temporary, { write: true, createNew: true })).close();
    await Deno.remove(temporary);
  } catch (error) {
    throw fromOsError(error, folder);
  }
}
