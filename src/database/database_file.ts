import { AppError } from "../base/errors.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";

/**
 * Looks at a database from outside, without opening it.
 *
 * @param options `mayBeEmpty`: a file of 0 bytes passes.
 * @returns Its size and whatever else stat(2) tells.
 * @throws {AppError} `database.missing`, `database.not_sqlite` (a folder, an empty file), `database.permission`.
 */
export async function checkDatabaseFile(
  path: string,
  options: { mayBeEmpty?: boolean } = {},
): Promise<Deno.FileInfo> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) throw new AppError("database.not_sqlite", { path, found: "not a file" });
    if (info.size === 0 && !options.mayBeEmpty) {
      throw new AppError("database.not_sqlite", { path, found: "an empty file" });
    }
    return info;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) {
      throw new AppError("database.missing", { path }, { cause: error });
    }
    if (isOsError(error, "EACCES", "EPERM") || error instanceof Deno.errors.NotCapable) {
      throw new AppError("database.permission", { path }, { cause: error });
    }
    throw fromOsError(error, path);
  }
}
