import { dirname, join } from "node:path";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { type ListedCover, readCoverList } from "./cover_list.ts";
import { stagingOf } from "./cover_mounts.ts";
import { isUnchanged } from "./hash_cover.ts";
import type { CoversStep } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { moveAside, moveToFree, moveToKept } from "./move_file.ts";
import { exists } from "./staging.ts";
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
  const { path } = stagingOf(step.stagings, cover.path);
  // It was left alone: what is live is the old cover, not ours to take away.
  if (cover.untouched !== undefined && !exists(join(path, "old", cover.path))) return false;
  const staged = join(stagingOf(step.stagings, cover.path).path, "covers", cover.path);
  const live = join(step.folder, cover.path);
  if (exists(staged) || !await isUnchanged(live, cover)) return false;
  return moveAside(live, staged);
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
