import { basename, dirname, join } from "node:path";
import { foldPath } from "../archive/entry_path.ts";
import { passingOver, walk } from "../storage/walk.ts";
import { readFileList } from "./file_list.ts";
import { reachingStaging } from "./file_places.ts";
import type { FilesStaging, FilesStep } from "./journal.ts";
import { exists } from "./staging.ts";

/**
 * Finds the live files of a step that were saved and that the backup lacks.
 *
 * They are looked for in their folders, so that each has the name that it has there: where a disk does not tell
 * capitals apart, the name that was saved may lead to the file that was just put in place. There, what differs from a file
 * of the backup by capitals alone is that file, left alone as it was. Symbolic links are not followed. What was not there when the files were saved was added since, and is none of them.
 */
export async function* findSurplus(step: FilesStep): AsyncGenerator<string> {
  const wanted = new Set<string>();
  for await (const { path } of readFileList(step.list)) wanted.add(path);
  const surplus = new Set<string>();
  const folders = new Set<string>();
  for await (const { path } of readFileList(step.record)) {
    if (wanted.has(path) || !isExact(step, path)) continue;
    surplus.add(path);
    for (let at = dirname(path); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  if (surplus.size === 0) return;
  if (step.stagings.some(isBlindToCase)) removeTwins(surplus, wanted);
  for (const { root, under } of step.stagings) {
    const nameOf = (path: string) => under === "" ? path : `${under}/${path}`;
    const skip = (path: string, isFolder: boolean) =>
      !(isFolder ? folders : surplus).has(nameOf(path));
    for await (const { relativePath, kind } of walk(root, { ...passingOver, skip })) {
      if (kind === "file") yield nameOf(relativePath);
    }
  }
}

/** Tells whether a disk takes names for the same that differ only by capitals. */
function isBlindToCase({ path }: FilesStaging): boolean {
  return exists(join(dirname(path), basename(path).toUpperCase()));
}

function removeTwins(surplus: Set<string>, wanted: Iterable<string>): void {
  const twins = Map.groupBy(surplus, keyOf);
  for (const path of wanted) for (const twin of twins.get(keyOf(path)) ?? []) surplus.delete(twin);
}

/** What such a disk goes by; it may drop dots and spaces at the end of a name, too. */
function keyOf(path: string): string {
  return foldPath(path).replace(/[. ]+(?=\/|$)/g, "");
}

function isExact({ exactIn, stagings }: FilesStep, path: string): boolean {
  return reachingStaging(stagings, path) !== null &&
    exactIn.some((name) => name === "" || path === name || path.startsWith(`${name}/`));
}
