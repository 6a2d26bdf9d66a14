import { dirname, join } from "node:path";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { loadFileList } from "./file_list.ts";
import { oldFolder } from "./file_places.ts";
import type { FilesStep } from "./journal.ts";
import { moveToKept } from "./move_file.ts";
import { isUnchanged } from "./hash_live_file.ts";
import { exists } from "./staging.ts";
import { Unreachable } from "./unreachable.ts";

/**
 * Decides about every file that was moved out of the way: what the record of saved files holds, byte for
 * byte, may go with the staging; everything else was added or changed since, and is kept.
 *
 * Reads each of them once. Repeatable.
 *
 * @returns Paths of the kept files, as the step names them.
 */
export async function settleFiles(step: FilesStep, restoreId: string): Promise<string[]> {
  const recorded = await loadFileList(step.record);
  const kept: string[] = [];
  const touched = new Set<string>();
  for (const staging of step.stagings) {
    const old = oldFolder(step.part, staging);
    if (!exists(old)) continue;
    const { root } = staging;
    const unreachable = new Unreachable();
    const keep = (path: string) => {
      const to = moveToKept(join(old, path), { root, restoreId, path });
      if (to === null) return;
      kept.push(path);
      for (let at = dirname(to); at !== root; at = dirname(at)) touched.add(at);
      touched.add(root);
    };
    for await (const file of walk(old, unreachable)) {
      const path = file.relativePath;
      const saved = recorded.get(path);
      await breathe();
      if (file.kind === "file" && saved !== undefined && await isUnchanged(file.path, saved)) {
        continue;
      }
      keep(path);
    }
    unreachable.paths.forEach(keep);
  }
  for (const folder of touched) await syncFolder(folder);
  return kept;
}
