import { dirname, join } from "node:path";
import { type Archive, openArchive } from "../archive/read.ts";
import { fromOsError, pathFault } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import type { WalkedFile } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { FileListWriter, type ListedFile, readFileList } from "./file_list.ts";
import { livePath, stagedPath, stagingOf } from "./file_places.ts";
import { hashLiveFile } from "./hash_live_file.ts";
import type { FilesStep, Journal } from "./journal.ts";
import { isAsMarked } from "./live_files.ts";
import type { Lacking } from "./lacking.ts";
import { asStep, type StagedFiles } from "./stage_files.ts";
import { unpackEntry } from "./unpack.ts";

/**
 * Completes the steps that swap files with the lists of what was saved: from the snapshot, or from the live files
 * themselves.
 *
 * What the backup lacks is in none of them, and so never taken away.
 *
 * A file that was live already when the restore began, and was written to since, is staged now: the last moment
 * that an archive is needed.
 */
export async function prepareFiles(
  archive: Archive,
  journal: Journal,
  staged: readonly StagedFiles[],
  { lacking, signal }: { lacking: Lacking; signal: AbortSignal },
): Promise<FilesStep[]> {
  const steps: FilesStep[] = [];
  for (const part of staged) {
    const untouched = await stageTouched(archive, part, signal);
    const record = join(dirname(part.list), `${part.part}.saved.list`);
    const exactIn = new Set<string>();
    using writer = await FileListWriter.create(record);
    const saved = journal.snapshot === null
      ? listLive(part, untouched, signal)
      : listSaved(journal.snapshot.archive, part, signal);
    for await (const file of saved) {
      if (lacking.has(`${part.part}/${file.path}`)) continue;
      await writer.add(file);
      const folder = part.plan.surplusOf(file.path);
      if (folder !== null) exactIn.add(folder);
    }
    await writer.finish();
    steps.push(asStep(part, { record, exactIn: [...exactIn] }));
  }
  return steps;
}

async function* listSaved(
  snapshot: string,
  { part }: StagedFiles,
  signal: AbortSignal,
): AsyncGenerator<ListedFile> {
  await using archive = await openArchive(snapshot, { signal });
  for await (const { path, size, sha256 } of archive.files()) {
    if (path.startsWith(`${part}/`)) yield { path: path.slice(part.length + 1), size, sha256 };
  }
}

async function* listLive(
  { plan }: StagedFiles,
  untouched: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<ListedFile> {
  for await (const file of plan.walkLive(signal)) {
    // What nobody moves away need not be known again.
    if (file.kind !== "file" || untouched.has(file.relativePath)) continue;
    await breathe();
    const sha256 = await hashOrNull(file, signal);
    if (sha256 !== null) yield { path: file.relativePath, size: file.sizeBytes, sha256 };
  }
}

/**
 * Looks at the files that were to be left alone once more, and stages those that changed.
 *
 * @returns Those that are still to be left alone.
 */
async function stageTouched(
  archive: Archive,
  staged: StagedFiles,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const untouched = new Set<string>();
  const touched = new Map<string, ListedFile>();
  for await (const file of readFileList(staged.list)) {
    await breathe();
    if (file.untouched === undefined) continue;
    if (isAsMarked(livePath(staged, file.path), file.untouched)) untouched.add(file.path);
    else touched.set(file.path, file);
  }
  if (touched.size > 0) {
    await unpackTouched(archive, staged, touched, signal);
    await rewriteList(staged.list, touched);
  }
  return untouched;
}

async function unpackTouched(
  archive: Archive,
  staged: StagedFiles,
  touched: ReadonlyMap<string, ListedFile>,
  signal: AbortSignal,
): Promise<void> {
  const folders = new Set<string>();
  for await (const entry of archive.entries({ signal })) {
    if (entry.part !== staged.part) continue;
    const file = touched.get(entry.path.slice(staged.part.length + 1));
    if (file === undefined) continue;
    const root = stagingOf(staged.stagings, file.path).path;
    const path = stagedPath(staged, file.path);
    await unpackEntry(archive, entry, { path, expected: file.sha256, signal, onBytes: () => {} });
    for (let at = dirname(path); at.length >= root.length; at = dirname(at)) folders.add(at);
  }
  for (const folder of folders) await syncFolder(folder);
}

/** The marks of `touched` go. The old list stays whole until the new one is. */
async function rewriteList(list: string, touched: ReadonlyMap<string, ListedFile>): Promise<void> {
  using writer = await FileListWriter.create(`${list}.new`);
  for await (const { untouched, ...file } of readFileList(list)) {
    const isLeftAlone = untouched !== undefined && !touched.has(file.path);
    await writer.add({ ...file, ...isLeftAlone ? { untouched } : {} });
  }
  await writer.finish();
  await Deno.rename(`${list}.new`, list);
  await syncFolder(dirname(list));
}

/** `null` for a file that vanished or cannot be read: what is not in the record is never taken for saved. */
async function hashOrNull(file: WalkedFile, signal: AbortSignal): Promise<string | null> {
  try {
    return await hashLiveFile(file.path, file.sizeBytes, signal);
  } catch (error) {
    if (pathFault(error) !== null) return null;
    throw fromOsError(error, file.path);
  }
}
