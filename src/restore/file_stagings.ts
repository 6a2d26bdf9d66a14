import { join } from "node:path";
import { fromOsError, isOsError, pathFault } from "../storage/os_error.ts";
import type { FilesStaging } from "./journal.ts";
import { exists, makeStaging, stagingPath } from "./staging.ts";

/** Options of {@linkcode makeFileStagings}. */
export interface MakeStagingsOptions {
  readonly restoreId: string;
  readonly mayHold: (under: string) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Makes a staging folder for a live folder, and for every mount inside it.
 *
 * Renames do not cross mounts, and device numbers do not tell mounts apart (two bind mounts of one disk share
 * theirs), so the system is asked: renaming a file that does not exist fails with `EXDEV` across mounts and
 * with `ENOENT` within one. Nothing changes by asking. Costs one call for each folder.
 *
 * @param folder `path`: links resolved; `under`: what the names of its files begin with.
 * @param options `restoreId` goes into the staging folders' names; `mayHold`: which folders are looked at.
 * @returns The folder's own staging first; each file belongs to the longest `under` that leads to it.
 * @throws {AppError} `storage.read_only`, `storage.permission`, `storage.full` when a mount takes no staging.
 * @see https://man7.org/linux/man-pages/man2/rename.2.html
 */
export async function makeFileStagings(
  folder: { readonly path: string; readonly under: string },
  { restoreId, mayHold, signal }: MakeStagingsOptions,
): Promise<FilesStaging[]> {
  const stagings: FilesStaging[] = [];
  const make = async (root: string, under: string) => {
    const staging = { path: stagingPath(root, restoreId), under, root };
    await makeStaging(staging.path);
    stagings.push(staging);
    return staging;
  };
  const waiting = [{ ...folder, staging: await make(folder.path, folder.under) }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    signal.throwIfAborted();
    for (const name of await subfolders(next.path)) {
      const under = next.under === "" ? name : `${next.under}/${name}`;
      if (!mayHold(under)) continue;
      const path = join(next.path, name);
      const isOther = await isOtherMount(next.staging.path, path);
      waiting.push({ path, under, staging: isOther ? await make(path, under) : next.staging });
    }
  }
  return stagings;
}

async function subfolders(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      if (entry.isDirectory && !entry.name.startsWith(".restore-")) names.push(entry.name);
    }
  } catch (error) {
    // Removed by the library meanwhile, or not ours to look into: there is nothing to reach.
    if (pathFault(error) !== null) return [];
    throw fromOsError(error, path);
  }
  return names;
}

async function isOtherMount(staging: string, folder: string): Promise<boolean> {
  try {
    await Deno.rename(join(staging, "absent"), join(folder, ".restore-absent"));
  } catch (error) {
    if (isOsError(error, "EXDEV")) return true;
    // Gone, or not ours to put anything into.
    if (pathFault(error) !== null) return false;
    throw fromOsError(error, folder);
  }
  return exists(staging);
}
