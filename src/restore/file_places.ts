import { join } from "node:path";
import type { FilesPart, FilesStaging, FilesStep } from "./journal.ts";

/** Where a step's files are and go. */
export type FilePlaces = Pick<FilesStep, "part" | "stagings">;

/** Names within a staging folder. It may be that of the database as well, so no two parts share one. */
const FOLDERS: Record<FilesPart, { staged: string; old: string; late: string }> = {
  covers: { staged: "covers", old: "old", late: "late" },
  extra: { staged: "extra", old: "extra-old", late: "extra-late" },
};

/** The staging from which a rename reaches `path`; `null`: it is above them all. */
export function reachingStaging(
  stagings: readonly FilesStaging[],
  path: string,
): FilesStaging | null {
  let best: FilesStaging | null = null;
  for (const staging of stagings) {
    const { under } = staging;
    const reaches = under === "" || path === under || path.startsWith(`${under}/`);
    if (reaches && (best === null || under.length > best.under.length)) best = staging;
  }
  return best;
}

/** The staging from which a rename reaches `path`. */
export function stagingOf(stagings: readonly FilesStaging[], path: string): FilesStaging {
  const staging = reachingStaging(stagings, path);
  if (staging === null) throw new RangeError(`no staging for ${path}`);
  return staging;
}

/** What a file is called to people: a cover by its path from the covers folder, any other as in the archive. */
export function shownName(part: FilesPart, path: string): string {
  return part === "covers" ? path : `${part}/${path}`;
}

/** Where a file is live. */
export function livePath({ stagings }: Pick<FilePlaces, "stagings">, path: string): string {
  const { root, under } = stagingOf(stagings, path);
  return under === "" ? join(root, path) : join(root, path.slice(under.length));
}

/** Where a file of the backup waits until it is put in place. */
export function stagedPath({ part, stagings }: FilePlaces, path: string): string {
  return join(stagingOf(stagings, path).path, FOLDERS[part].staged, path);
}

/** Where what had to go is until the restore has ended. */
export function oldPath({ part, stagings }: FilePlaces, path: string): string {
  return join(stagingOf(stagings, path).path, FOLDERS[part].old, path);
}

/** Where a file is unpacked that has to be staged late, on the staging of `path`. */
export function latePath({ part, stagings }: FilePlaces, path: string): string {
  return join(stagingOf(stagings, path).path, FOLDERS[part].late);
}

/** The folder with all that had to go, in one of the stagings. */
export function oldFolder(part: FilesPart, staging: FilesStaging): string {
  return join(staging.path, FOLDERS[part].old);
}

/** Tells whether a folder is none of the step's, but leads to them: nothing is made, removed or looked at there. */
export function isAbove({ stagings }: Pick<FilePlaces, "stagings">, folder: string): boolean {
  return folder === "." || reachingStaging(stagings, folder) === null;
}
