import { dirname, join } from "node:path";
import { isAppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";
import { checkSpace } from "../storage/free_space.ts";
import { fromOsError } from "../storage/os_error.ts";
import { tryLockFile } from "../storage/lock_file.ts";

/** A folder for work that leaves nothing behind: disposing of it removes it. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

const PREFIX = ".scratch-";

/**
 * Makes a scratch folder among the backups, on the volume whose space the work has checked.
 *
 * A folder whose process died is removed when the next one is made: each is held by a lock that dies with its
 * process.
 *
 * @param folder The folder of backups.
 * @throws {AppError} `storage.*`
 */
export async function openScratch(folder: string): Promise<Scratch> {
  await removeDead(folder);
  const path = join(folder, PREFIX + crypto.getRandomValues(new Uint8Array(8)).toHex());
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw fromOsError(error, path);
  }
  const lock = await tryLockFile(join(path, ".lock"));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await lock?.[Symbol.asyncDispose]();
      await Deno.remove(path, { recursive: true });
    },
  };
}

/**
 * Makes a scratch folder where so many bytes may be written: among the backups, else beside the database. To look at a
 * backup, a store that is full or cannot be written must not stand in the way.
 *
 * @throws {AppError} What stands in the way among the backups, when there is no room beside the database either.
 */
export async function openScratchFor(config: Config, bytes: number): Promise<Scratch> {
  const { reserveBytes } = config.backup;
  const tryIn = async (folder: string) => {
    await checkSpace(folder, bytes, { reserveBytes });
    return await openScratch(folder);
  };
  try {
    return await tryIn(config.backup.path);
  } catch (error) {
    if (!isAppError(error)) throw error;
    try {
      return await tryIn(dirname(config.database.path));
    } catch (other) {
      if (!isAppError(other)) throw other;
      throw error;
    }
  }
}

async function removeDead(folder: string): Promise<void> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isDirectory || !/^\.scratch-[0-9a-f]{16}$/.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const lock = await tryLockFile(join(path, ".lock"));
      if (lock === null) continue;
      await lock[Symbol.asyncDispose]();
      await Deno.remove(path, { recursive: true });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fromOsError(error, folder);
  }
}
