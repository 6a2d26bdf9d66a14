import { dirname } from "node:path";
import { isAppError } from "../base/errors.ts";
import { tryCreate } from "../storage/try_create.ts";
import { checkDatabaseFile } from "./database_file.ts";
import { inWorker } from "./in_worker.ts";

/**
 * Makes sure that this process could restore a database: take its write lock and create files beside it.
 *
 * A database that is locked just now passes: whoever may wait for the lock may take it.
 *
 * @throws {AppError} `database.missing`, `database.not_sqlite`, `database.permission`; `storage.permission` or
 * `storage.read_only` of the folder.
 */
export async function probeWriteAccess(path: string): Promise<void> {
  const { size } = await checkDatabaseFile(path, { mayBeEmpty: true });
  await tryCreate(dirname(path));
  if (size === 0) return;
  try {
    const order = { path, stranger: false, limited: false, lockTimeoutMs: 0 };
    await inWorker("probeWrite", order, { path });
  } catch (error) {
    if (!isAppError(error, "database.busy")) throw error;
  }
}
