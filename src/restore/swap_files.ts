import { dirname } from "node:path";
import { openArchive } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import { fromOsError, isOsError, pathFault } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { breathe } from "./breathe.ts";
import { type ListedFile, readFileList } from "./file_list.ts";
import {
  isAbove,
  latePath,
  livePath,
  oldFolder,
  oldPath,
  stagedPath,
  stagingOf,
} from "./file_places.ts";
import { findSurplus } from "./find_surplus.ts";
import type { FilesStep } from "./journal.ts";
import { volumeMissing } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { type FileMark, isAsMarked } from "./live_files.ts";
import { isSameFile, moveAside, moveToFree, moveToKept } from "./move_file.ts";
import { isUnchanged } from "./hash_live_file.ts";
import { exists, isMarked, lookUp, removeStaging } from "./staging.ts";
import { unpackEntry } from "./unpack.ts";
import { placingFault, type Unplaced } from "./unplaced.ts";

/** What {@linkcode swapFiles} tells when it is done. */
export interface SwapReport {
  /** Files of the backup that were not put in place because a symbolic link, or a mount, stands there. */
  readonly behindLinks: readonly string[];
  /** Files that the library put in place while this ran, moved to the kept folder. */
  readonly kept: readonly string[];
  /** Files of the backup that could not be put in place: what was live there still is. */
  readonly unplaced: readonly Unplaced[];
  /** Files that the backup lacks and that could not be moved away. */
  readonly unremoved: readonly Unplaced[];
}

/** A file that the library rewrites as fast as we replace it is given up on after this many rounds. */
const MAX_ROUNDS = 20;

/**
 * Puts the staged files in place of the live ones; with mode `exact` those that the backup lacks go.
 *
 * No file is ever overwritten or deleted here: what has to go is renamed into staging (`old/`), the new file
 * is linked to the free name, and a file that the library puts there in between is kept. Each step finds out
 * by itself whether it is done, so it can be killed at any instant and repeated. A file that cannot be put in place or
 * moved away, twice, costs itself only.
 *
 * @param step From the journal.
 * @param restoreId Names the folder of kept files.
 * @param onPlaced Called for each file.
 * @throws {AppError} `restore.volume_missing` when a staging is not there, `storage.*`
 */
export async function swapFiles(
  step: FilesStep,
  restoreId: string,
  onPlaced: (bytes: number) => void = () => {},
): Promise<SwapReport> {
  checkStagings(step);
  const swap = new Swap(step, restoreId);
  for await (const file of readFileList(step.list)) {
    if (file.refused !== undefined) swap.refuse(file.path, file.refused);
    else if (file.untouched === undefined || await swap.stageChanged(file, file.untouched)) {
      await swap.place(file);
    }
    await breathe();
    onPlaced(file.size);
  }
  await swap.placeAgain();
  atMoment("files_placed");
  if (step.mode === "exact") await swap.removeSurplus();
  await swap.finish();
  atMoment("files_swapped");
  return swap;
}

/** Refuses to go on when a volume of the files is not there. */
export function checkStagings(step: FilesStep): void {
  for (const { path } of step.stagings) {
    if (!isMarked(path)) throw volumeMissing(path, "staging");
  }
}

class Swap implements SwapReport {
  readonly behindLinks: string[] = [];
  readonly kept: string[] = [];
  readonly #refused: Unplaced[] = [];
  #failed: { readonly file: ListedFile; readonly reason: string }[] = [];
  readonly unremoved: Unplaced[] = [];
  readonly #step: FilesStep;
  readonly #restoreId: string;
  /** Folders whose names changed; flushed at the end. As many as the part has folders. */
  readonly #touched = new Set<string>();
  readonly #ready = new Set<string>();
  readonly #linked = new Set<string>();
  readonly #emptied = new Set<string>();
  readonly #owners = new Map<string, Deno.FileInfo>();

  constructor(step: FilesStep, restoreId: string) {
    this.#step = step;
    this.#restoreId = restoreId;
  }

  /**
   * Stages a file that was to be left alone and that somebody changed since.
   *
   * @returns Whether it is to be placed.
   */
  async stageChanged(file: ListedFile, mark: FileMark): Promise<boolean> {
    const live = livePath(this.#step, file.path);
    const staged = stagedPath(this.#step, file.path);
    if (exists(staged)) return true;
    if (isAsMarked(live, mark) || await isUnchanged(live, file)) return false;
    if (this.#step.mode === "add_missing" && exists(live)) return false;
    // Under its own name only when it is whole: a kill may come in between.
    const late = latePath(this.#step, file.path);
    await removeStaging(late);
    await unpackFile(this.#step, file, late);
    Deno.mkdirSync(dirname(staged), { recursive: true, mode: 0o700 });
    await Deno.rename(late, staged);
    await syncFolder(dirname(staged));
    return true;
  }

  get unplaced(): readonly Unplaced[] {
    const failed = this.#failed.map(({ file: { path }, reason }) => ({ path, reason }));
    return [...this.#refused, ...failed];
  }

  /** Notes a file that could not even be staged. */
  refuse(path: string, reason: string): void {
    this.#refused.push({ path, reason });
  }

  /** Puts a staged file in place, or notes why it cannot be. */
  async place(file: ListedFile): Promise<void> {
    try {
      await this.#place(file);
    } catch (error) {
      const reason = placingFault(error);
      if (reason === null) throw error;
      await this.#returnOld(file.path);
      this.#failed.push({ file, reason });
    }
  }

  /** A disk that failed once may not do so again. */
  async placeAgain(): Promise<void> {
    const failed = this.#failed;
    this.#failed = [];
    for (const { file } of failed) await this.place(file);
  }

  async #place({ path, mode }: ListedFile): Promise<void> {
    const staged = stagedPath(this.#step, path);
    if (!exists(staged)) return;
    const isMount = stagingOf(this.#step.stagings, path).under === path;
    if (isMount || !this.#openWay(dirname(path))) return void this.behindLinks.push(path);
    const live = livePath(this.#step, path);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = lookUp(live);
      if (found?.isSymlink) return void this.behindLinks.push(path);
      if (found !== null && isSameFile(staged, live)) {
        Deno.removeSync(staged);
      } else {
        if (found !== null && this.#step.mode === "add_missing") return;
        if (found !== null) this.#displace(path);
        this.#giveOwner(staged, path, mode);
        atMoment("file_out");
        if (!await moveToFree(staged, live)) continue;
      }
      this.#touched.add(dirname(live));
      atMoment("file_in");
      return;
    }
    throw new AppError("storage.failed", { path: live, found: "the library keeps rewriting it" });
  }

  async removeSurplus(): Promise<void> {
    for await (const path of findSurplus(this.#step)) {
      try {
        if (this.#remove(path)) this.#emptied.add(dirname(path));
      } catch (error) {
        const reason = placingFault(error);
        if (reason === null) throw error;
        this.unremoved.push({ path, reason });
      }
      atMoment("surplus_out");
      await breathe();
    }
  }

  /** @returns Whether there was anything to remove. */
  #remove(path: string): boolean {
    const old = oldPath(this.#step, path);
    // A way back was stopped between its two steps: one file under both names.
    if (isSameFile(livePath(this.#step, path), old)) this.#removeName(path);
    // It went before, when this was begun: what stands there now is the library's.
    else if (exists(old)) return false;
    else this.#displace(path);
    return true;
  }

  /** What made way for a file that cannot be put there comes back. */
  async #returnOld(path: string): Promise<void> {
    const old = oldPath(this.#step, path);
    const live = livePath(this.#step, path);
    if (exists(old) && !exists(live)) await moveToFree(old, live);
  }

  async finish(): Promise<void> {
    for (const folder of this.#emptied) await this.#removeEmpty(folder);
    for (const folder of this.#touched) if (exists(folder)) await syncFolder(folder);
    for (const staging of this.#step.stagings) {
      const old = oldFolder(this.#step.part, staging);
      if (exists(old)) await syncFolder(old);
    }
  }

  /** Makes the folders that lead to a file. `false`: a symbolic link is in the way, and left alone. */
  #openWay(folder: string): boolean {
    if (this.#ready.has(folder) || isAbove(this.#step, folder)) return true;
    if (this.#linked.has(folder)) return false;
    const open = this.#openWay(dirname(folder)) && this.#makeFolder(folder);
    (open ? this.#ready : this.#linked).add(folder);
    return open;
  }

  #makeFolder(folder: string): boolean {
    const live = livePath(this.#step, folder);
    const found = lookUp(live);
    if (found?.isSymlink) return false;
    if (found?.isDirectory) return true;
    if (found !== null) this.#displace(folder);
    try {
      Deno.mkdirSync(live);
      this.#giveOwner(live, folder);
    } catch (error) {
      if (!isOsError(error, "EEXIST")) throw fromOsError(error, live);
    }
    this.#touched.add(dirname(live));
    return true;
  }

  /** Moves what is live out of the way: into `old/`, or to the kept folder when `old/` has it already. */
  #displace(path: string): void {
    const live = livePath(this.#step, path);
    const { root } = stagingOf(this.#step.stagings, path);
    this.#touched.add(dirname(live));
    if (moveAside(live, oldPath(this.#step, path))) return;
    const kept = moveToKept(live, { root, restoreId: this.#restoreId, path });
    if (kept !== null) this.kept.push(path);
  }

  #removeName(path: string): void {
    const live = livePath(this.#step, path);
    this.#touched.add(dirname(live));
    Deno.removeSync(live);
  }

  /**
   * A replaced file keeps its owner and mode; a new one is given the owner of the folder that they are all in, and the mode
   * that it had in the backup.
   */
  #giveOwner(made: string, path: string, newMode = 0o644): void {
    const replaced = lookUp(oldPath(this.#step, path));
    const owner = this.#ownerOf(stagingOf(this.#step.stagings, path).root);
    const like = replaced?.isFile ? replaced : owner;
    const isFolder = (lookUp(made))?.isDirectory ?? false;
    const mode = isFolder ? owner.mode : replaced?.isFile ? replaced.mode : newMode;
    try {
      if (like.uid !== null && like.gid !== null) Deno.chownSync(made, like.uid, like.gid);
      Deno.chmodSync(made, (mode ?? newMode) & 0o7777);
    } catch (error) {
      // Only root may give a file away, and some file systems know neither: the content still counts.
      if (!isOsError(error, "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) {
        throw fromOsError(error, livePath(this.#step, path));
      }
    }
  }

  #ownerOf(root: string): Deno.FileInfo {
    const owner = this.#owners.get(root) ?? Deno.statSync(root);
    this.#owners.set(root, owner);
    return owner;
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; !isAbove(this.#step, at); at = dirname(at)) {
      const live = livePath(this.#step, at);
      if (!await removeIfEmpty(live)) return;
      this.#touched.add(dirname(live));
    }
  }
}

async function unpackFile(
  { part, archive: zip }: FilesStep,
  file: ListedFile,
  to: string,
): Promise<void> {
  await using archive = await openArchive(zip);
  const path = `${part}/${file.path}`;
  const entry = await archive.find(path);
  if (entry === null) throw new AppError("archive.missing_entry", { path });
  await unpackEntry(archive, entry, {
    path: to,
    expected: file.sha256,
    signal: new AbortController().signal,
    onBytes: () => {},
  });
}

/** Removes a folder that holds nothing; tells whether it did. */
export async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    if (!lookUp(path)?.isDirectory) return false;
    await Deno.remove(path);
    return true;
  } catch (error) {
    // In use, or not empty after all: it stays.
    if (pathFault(error) !== null) return false;
    throw fromOsError(error, path);
  }
}
