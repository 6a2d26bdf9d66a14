import { AppError } from "../base/errors.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { databaseMissing } from "./neighbours.ts";

/**
 * Looks at a database from outside, without opening it.
 *
 * @param options `mayBeEmpty`: a file of 0 bytes passes.
 * @returns Its size and whatever else stat(2) tells.
 * @throws {AppError} `database.missing`, `database.folder`, `database.not_sqlite` (an empty file, a device),
 * `database.permission`; `storage.*` when the disk does not tell.
 */
export async function checkDatabaseFile(
  path: string,
  options: { mayBeEmpty?: boolean } = {},
): Promise<Deno.FileInfo> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) throw new AppError("database.folder", { path });
    if (!info.isFile) throw new AppError("database.not_sqlite", { path, found: "not a file" });
    if (info.size === 0 && !options.mayBeEmpty) {
      throw new AppError("database.not_sqlite", { path, found: "an empty file", bytes: 0 });
    }
    return info;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) {
      throw await databaseMissing(path, error);
    }
    if (isOsError(error, "EACCES", "EPERM") || error instanceof Deno.errors.NotCapable) {
      throw new AppError("database.permission", { path }, { cause: error });
    }
    throw fromOsError(error, path);
  }
}
