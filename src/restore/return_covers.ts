import { dirname, join } from "node:path";
import { isAppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { type ListedCover, readCoverList } from "./cover_list.ts";
import { stagingOf } from "./cover_mounts.ts";
import { hashCover } from "./hash_cover.ts";
import type { CoversStep } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { moveAside, moveToFree, moveToKept } from "./move_file.ts";
import { exists, lookUp } from "./staging.ts";
import { checkStagings, removeIfEmpty } from "./swap_covers.ts";

/**
 * Undoes {@linkcode swapCovers}, however far it came: the covers it placed go back to staging, those it moved
 * away come back. Repeatable, like the way there.
 *
 * @returns Covers that the library added or changed since and that stood in the way: kept, never deleted.
 * @throws {AppError} `restore.volume_missing`, `storage.*`
 */
export async function returnCovers(step: CoversStep, restoreId: string): Promise<string[]> {
  checkStagings(step);
  const kept: string[] = [];
  const touched = new Set<string>();
  for await (const cover of readCoverList(step.list)) {
    if (await takeBack(step, cover)) touched.add(dirname(cover.path));
    atMoment("cover_returned");
    await breathe();
  }
  for (const folder of touched) await removeEmptyFrom(step.folder, folder);
  for (const staging of step.stagings) {
    const old = join(staging.path, "old");
    if (!exists(old)) continue;
    for await (const file of walk(old)) {
      const path = file.relativePath;
      await makeWay(step, path, restoreId, kept);
      while (!await moveToFree(file.path, join(step.folder, path))) {
        keep(step, path, restoreId, kept);
      }
      touched.add(dirname(path));
    }
  }
  for (const folder of touched) {
    const path = join(step.folder, folder);
    if (exists(path)) await syncFolder(path);
  }
  return kept;
}

/** Returns a placed cover to staging; one that the library changed since is left to be kept. */
async function takeBack(step: CoversStep, cover: ListedCover): Promise<boolean> {
  if (cover.untouched !== undefined) return false;
  const staged = join(stagingOf(step.stagings, cover.path).path, "covers", cover.path);
  const live = join(step.folder, cover.path);
  if (exists(staged) || !await isUnchanged(live, cover)) return false;
  return moveAside(live, staged);
}

/** Tells whether a file still has the content that the list says; `false` when it is gone. */
export async function isUnchanged(
  path: string,
  expected: { size: number; sha256: string },
): Promise<boolean> {
  try {
    const info = lookUp(path);
    if (!info?.isFile || info.size !== expected.size) return false;
    const found = await hashCover(path, info.size);
    return found === expected.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isAppError(error, "storage.missing")) return false;
    throw fromOsError(error, path);
  }
}

async function makeWay(
  step: CoversStep,
  path: string,
  restoreId: string,
  kept: string[],
): Promise<void> {
  const folder = dirname(path);
  if (folder === ".") return;
  await makeWay(step, folder, restoreId, kept);
  const live = join(step.folder, folder);
  const info = await Deno.stat(live).catch(() => null);
  if (info?.isDirectory) return;
  if (info !== null) keep(step, folder, restoreId, kept);
  await Deno.mkdir(live, { recursive: true });
}

function keep(
  step: CoversStep,
  path: string,
  restoreId: string,
  kept: string[],
): void {
  const root = join(step.folder, stagingOf(step.stagings, path).under);
  const moved = moveToKept(join(step.folder, path), { root, restoreId, path });
  if (moved !== null) kept.push(path);
}

async function removeEmptyFrom(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== "." && at !== ""; at = dirname(at)) {
    if (!await removeIfEmpty(join(root, at))) return;
  }
}
