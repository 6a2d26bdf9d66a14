import { fromOsError, isOsError } from "./os_error.ts";

/** What file systems answer that cannot flush a folder (SMB, exFAT, some FUSE). */
const CANNOT_SYNC = ["EINVAL", "EISDIR", "ENOTSUP", "EOPNOTSUPP", "EBADF", "ENOSYS", "EACCES"];

/**
 * Makes the names in `folder` survive a power cut: a new, renamed or removed file is only safe after this.
 *
 * A file system that cannot flush a folder is left in peace.
 *
 * @returns Whether it was flushed.
 * @throws {AppError} `storage.*` when the folder cannot be read, or the disk reports an error.
 * @see https://man7.org/linux/man-pages/man2/fsync.2.html
 */
export async function syncFolder(folder: string): Promise<boolean> {
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
    return true;
  } catch (error) {
    if (isOsError(error, ...CANNOT_SYNC)) return false;
    throw fromOsError(error, folder);
  }
}
