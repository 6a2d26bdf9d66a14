import { AppError, isAppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";
import { readFreeSpace, reserveBytes } from "../storage/free_space.ts";
import type { Catalog } from "./catalog.ts";

/**
 * Makes a lack of space actionable: names volume and bytes, and the backups that could be deleted.
 *
 * A write that met a full disk (`storage.full`) becomes `space.insufficient` with the bytes free now, unless something
 * else than bytes is used up; other errors are returned as they are.
 *
 * @param neededBytes What the work was to add in all, where the error does not say; `null`: unknown.
 */
export async function explainSpace(
  error: unknown,
  services: { config: Config; catalog: Catalog },
  neededBytes: number | null = null,
): Promise<unknown> {
  if (!isAppError(error, "space.insufficient", "storage.full")) return error;
  const path = typeof error.details["path"] === "string"
    ? error.details["path"]
    : services.config.backup.path;
  const space = await readFreeSpace(path);
  const backups = (await services.catalog.list()).filter(({ other_library }) => !other_library);
  const deletable = backups
    .filter(({ pinned, backup_id }) => !pinned && backup_id !== backups[0]?.backup_id)
    .map(({ backup_id, file_size }) => ({ backup_id, file_size }))
    .reverse();
  if (error.details["limit"] !== undefined) {
    return new AppError(error.code, { ...error.details, deletable }, { cause: error });
  }
  const reserve = reserveBytes(space, services.config.backup.reserveBytes);
  return new AppError("space.insufficient", {
    volume: space.volume,
    free_bytes: space.freeBytes,
    needed_bytes: neededBytes === null ? null : neededBytes + reserve,
    reserve_bytes: reserve,
    ...error.details,
    deletable,
  }, { cause: error });
}
