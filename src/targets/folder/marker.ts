import { join } from "node:path";
import { AppError } from "../../base/errors.ts";
import { isOsError } from "../../storage/os_error.ts";
import { writeAtomic } from "../../storage/write_atomic.ts";
import { fromFolderError } from "./folder_error.ts";

/** Lies in a folder that is a target, so that an unmounted disk is not taken for an empty one. */
export const MARKER = "shuku-target.json";

/** Tells whether the folder is there and marked. @throws {AppError} `target.*` when it cannot be looked at. */
export async function hasMarker(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(folder, MARKER))).isFile;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR", "ESTALE", "ENODEV", "EIO", "EHOSTDOWN")) return false;
    throw fromFolderError(error, folder);
  }
}

/**
 * Marks a folder as a target; one that is marked stays as it is.
 *
 * @param folder Exists already: making it would put an unmounted disk's copies on the disk they protect.
 * @throws {AppError} `target.unreachable` when it is no folder; other `target.*`.
 */
export async function writeMarker(folder: string): Promise<void> {
  if (await hasMarker(folder)) return;
  try {
    if (!(await Deno.stat(folder)).isDirectory) throw noFolder(folder);
    await writeAtomic(join(folder, MARKER), JSON.stringify({ product: "shuku-backup" }) + "\n");
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) throw noFolder(folder);
    throw fromFolderError(error, folder);
  }
}

function noFolder(path: string): AppError {
  return new AppError("target.unreachable", { path, found: "no_folder" });
}
