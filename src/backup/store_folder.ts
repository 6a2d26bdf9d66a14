import { fromOsError } from "../storage/os_error.ts";
import { backupIdOf } from "./backup_id.ts";

/**
 * The ids of the ZIPs in the folder of backups. Folders and links are none, whatever they are called.
 *
 * Synchronous as {@linkcode statOrNull} is.
 *
 * @throws {AppError} `storage.*`
 */
export function listIds(folder: string): Set<string> {
  const ids = new Set<string>();
  try {
    for (const entry of Deno.readDirSync(folder)) {
      const id = entry.isFile ? backupIdOf(entry.name) : null;
      if (id !== null) ids.add(id);
    }
  } catch (error) {
    throw fromOsError(error, folder);
  }
  return ids;
}

/**
 * What is known of a file without opening it; `null` when there is none.
 *
 * Synchronous on purpose: a thousand of them cost a few milliseconds, a thousand promises ten times that.
 *
 * @throws {AppError} `storage.*`
 */
export function statOrNull(path: string): Deno.FileInfo | null {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? info : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fromOsError(error, path);
  }
}

/** Changes whenever the ZIP or the sidecar does. */
export function stampsOf(zip: Deno.FileInfo, sidecar: Deno.FileInfo | null): string {
  return `${stampOf(zip)} ${sidecar === null ? "" : stampOf(sidecar)}`;
}

function stampOf(info: Deno.FileInfo): string {
  return `${info.ino} ${info.size} ${info.mtime?.getTime() ?? 0}`;
}
