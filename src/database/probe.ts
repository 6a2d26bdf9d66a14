import { dirname, join } from "node:path";
import { isAppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import { temporaryName } from "../storage/temporary.ts";
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
  await probeFolder(dirname(path));
  if (size === 0) return;
  try {
    const order = { path, stranger: false, limited: false, lockTimeoutMs: 0 };
    await inWorker("probeWrite", order, { path });
  } catch (error) {
    if (!isAppError(error, "database.busy")) throw error;
  }
}

async function probeFolder(folder: string): Promise<void> {
  const temporary = temporaryName(join(folder, "probe"));
  try {
    (await Deno.open(temporary, { write: true, createNew: true })).close();
    await Deno.remove(temporary);
  } catch (error) {
    throw fromOsError(error, folder);
  }
}
