import { dirname, join } from "node:path";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { type ListedFile, readFileList } from "./file_list.ts";
import { isAbove, livePath, oldFolder, oldPath, stagedPath, stagingOf } from "./file_places.ts";
import { isUnchanged } from "./hash_live_file.ts";
import type { FilesStep } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { moveAside, moveToFree, moveToKept } from "./move_file.ts";
import { exists } from "./staging.ts";
import { checkStagings, removeIfEmpty } from "./swap_files.ts";
import { Unreachable } from "./unreachable.ts";

/**
 * Undoes {@linkcode swapFiles}, however far it came: the files it placed go back to staging, those it moved
 * away come back. Repeatable, like the way there.
 *
 * @returns Files that the library added or changed since and that stood in the way: kept, never deleted.
 * @throws {AppError} `restore.volume_missing`, `storage.*`
 */
export async function returnFiles(step: FilesStep, restoreId: string): Promise<string[]> {
  checkStagings(step);
  const kept: string[] = [];
  const touched = new Set<string>();
  for await (const file of readFileList(step.list)) {
    if (await takeBack(step, file)) touched.add(dirname(file.path));
    atMoment("file_returned");
    await breathe();
  }
  for (const folder of touched) await removeEmptyFrom(step, folder);
  for (const staging of step.stagings) {
    const old = oldFolder(step.part, staging);
    if (!exists(old)) continue;
    const unreachable = new Unreachable();
    for await (const file of walk(old, unreachable)) {
      const path = file.relativePath;
      await makeWay(step, path, restoreId, kept);
      while (!await moveToFree(file.path, livePath(step, path))) {
        keep(step, path, restoreId, kept);
      }
      touched.add(dirname(path));
    }
    for (const path of unreachable.paths) {
      const { root } = staging;
      if (moveToKept(join(old, path), { root, restoreId, path }) !== null) kept.push(path);
    }
  }
  for (const folder of touched) {
    const path = livePath(step, folder);
    if (exists(path)) await syncFolder(path);
  }
  return kept;
}

/** Returns a placed file to staging; one that the library changed since is left to be kept. */
async function takeBack(step: FilesStep, file: ListedFile): Promise<boolean> {
  // It was not even staged, and never put in place.
  if (file.refused !== undefined) return false;
  // It was left alone: what is live is the old file, not ours to take away.
  if (file.untouched !== undefined && !exists(oldPath(step, file.path))) return false;
  const staged = stagedPath(step, file.path);
  const live = livePath(step, file.path);
  if (exists(staged) || !await isUnchanged(live, file)) return false;
  return moveAside(live, staged);
}

async function makeWay(
  step: FilesStep,
  path: string,
  restoreId: string,
  kept: string[],
): Promise<void> {
  const folder = dirname(path);
  if (isAbove(step, folder)) return;
  await makeWay(step, folder, restoreId, kept);
  const live = livePath(step, folder);
  const info = await Deno.stat(live).catch(() => null);
  if (info?.isDirectory) return;
  if (info !== null) keep(step, folder, restoreId, kept);
  await Deno.mkdir(live, { recursive: true });
}

function keep(
  step: FilesStep,
  path: string,
  restoreId: string,
  kept: string[],
): void {
  const { root } = stagingOf(step.stagings, path);
  const moved = moveToKept(livePath(step, path), { root, restoreId, path });
  if (moved !== null) kept.push(path);
}

async function removeEmptyFrom(step: FilesStep, folder: string): Promise<void> {
  for (let at = folder; !isAbove(step, at); at = dirname(at)) {
    if (!await removeIfEmpty(livePath(step, at))) return;
  }
}
