import { dirname } from "node:path";
import { passingOver, walk } from "../storage/walk.ts";
import { readFileList } from "./file_list.ts";
import type { FilesStep } from "./journal.ts";

/**
 * Finds the live files of a step that were saved and that the backup lacks.
 *
 * They are looked for in their folders, so that each has the name that it has there: where a disk does not tell
 * capitals apart, the name that was saved may lead to the file that was just put in place. Symbolic links are not
 * followed. What was not there when the files were saved was added since, and is none of them.
 */
export async function* findSurplus(step: FilesStep): AsyncGenerator<string> {
  const wanted = new Set<string>();
  for await (const { path } of readFileList(step.list)) wanted.add(path);
  const surplus = new Set<string>();
  const folders = new Set<string>();
  for await (const { path } of readFileList(step.record)) {
    if (wanted.has(path)) continue;
    surplus.add(path);
    for (let at = dirname(path); !folders.has(at); at = dirname(at)) folders.add(at);
  }
  if (surplus.size === 0) return;
  for (const { root, under } of step.stagings) {
    const nameOf = (path: string) => under === "" ? path : `${under}/${path}`;
    const skip = (path: string, isFolder: boolean) =>
      !(isFolder ? folders : surplus).has(nameOf(path));
    for await (const { relativePath, kind } of walk(root, { ...passingOver, skip })) {
      if (kind === "file") yield nameOf(relativePath);
    }
  }
}
