import { join } from "node:path";
import type { Logger } from "../base/log.ts";
import { tryLockFile } from "../storage/lock_file.ts";
import { isOsError } from "../storage/os_error.ts";
import { removeLeftovers } from "../storage/temporary.ts";
import type { Catalog } from "./catalog.ts";

/** Where in the store a body stays until it has passed every check. */
export function quarantinePath(store: string): string {
  return join(store, ".quarantine");
}

/**
 * Removes what killed jobs left among the backups: half-written archives, sidecars of archives that were never
 * published, and uploads that nobody is sending any more.
 *
 * With the lane held, by whoever comes first: a job that begins after a command died need not wait for a restart.
 *
 * @throws {AppError} `storage.*`
 */
export async function tidyStore(
  { catalog, log }: { catalog: Catalog; log: Logger },
): Promise<void> {
  const removed = [
    ...await removeLeftovers(catalog.folder),
    ...await tidyQuarantine(quarantinePath(catalog.folder)),
  ];
  if (removed.length > 0) log.info("service.leftovers_removed", { files: removed });
  await catalog.removeOrphans();
}

/** An upload holds the lock of the quarantine for as long as it lives. */
async function tidyQuarantine(folder: string): Promise<string[]> {
  try {
    await Deno.stat(folder);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return [];
    throw error;
  }
  const lock = await tryLockFile(join(folder, ".lock"));
  if (lock === null) return [];
  await using _lock = lock;
  return await removeLeftovers(folder);
}
