import { join } from "node:path";
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
