import { dirname, join } from "node:path";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { loadCoverList } from "./cover_list.ts";
import type { CoversStep } from "./journal.ts";
import { moveToKept } from "./move_file.ts";
import { isUnchanged } from "./hash_cover.ts";
import { exists } from "./staging.ts";

/**
 * Decides about every cover that was moved out of the way: what the record of saved covers holds, byte for
 * byte, may go with the staging; everything else was added or changed since, and is kept.
 *
 * Reads each of them once. Repeatable.
 *
 * @returns Paths of the kept covers, from the covers folder.
 */
export async function settleCovers(step: CoversStep, restoreId: string): Promise<string[]> {
  const recorded = await loadCoverList(step.record);
  const kept: string[] = [];
  const touched = new Set<string>();
  for (const staging of step.stagings) {
    const old = join(staging.path, "old");
    if (!exists(old)) continue;
    const root = join(step.folder, staging.under);
    for await (const file of walk(old)) {
      const path = file.relativePath;
      const saved = recorded.get(path);
      await breathe();
      if (file.kind === "file" && saved !== undefined && await isUnchanged(file.path, saved)) {
        continue;
      }
      const to = moveToKept(file.path, { root, restoreId, path });
      if (to === null) continue;
      kept.push(path);
      for (let at = dirname(to); at !== root; at = dirname(at)) touched.add(at);
      touched.add(root);
    }
  }
  for (const folder of touched) await syncFolder(folder);
  return kept;
}
