import { basename, dirname, join } from "node:path";
import { openArchive } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk } from "../storage/walk.ts";
import { breathe } from "./breathe.ts";
import { type ListedCover, loadCoverList, readCoverList } from "./cover_list.ts";
import { stagingOf } from "./cover_mounts.ts";
import type { CoversStep } from "./journal.ts";
import { volumeMissing } from "./journal.ts";
import { atMoment } from "./moments.ts";
import { type FileMark, isAsMarked } from "./live_covers.ts";
import { isSameFile, moveAside, moveToFree, moveToKept } from "./move_file.ts";
import { isUnchanged } from "./hash_cover.ts";
import { exists, isMarked, lookUp, removeStaging } from "./staging.ts";
import { unpackEntry } from "./unpack.ts";

/** What {@linkcode swapCovers} tells when it is done. */
export interface SwapReport {
  /** Covers of the backup that were not put in place because a symbolic link stands there. */
  readonly behindLinks: readonly string[];
  /** Covers that the library put in place while this ran, moved to the kept folder. */
  readonly kept: readonly string[];
}

/** A cover that the library rewrites as fast as we replace it is given up on after this many rounds. */
const MAX_ROUNDS = 20;

/**
 * Puts the staged covers in place of the live ones; with mode `exact` those that the backup lacks go.
 *
 * No file is ever overwritten or deleted here: what has to go is renamed into staging (`old/`), the new file
 * is linked to the free name, and a file that the library puts there in between is kept. Each step finds out
 * by itself whether it is done, so it can be killed at any instant and repeated.
 *
 * @param step From the journal.
 * @param restoreId Names the folder of kept files.
 * @param onPlaced Called for each cover.
 * @throws {AppError} `restore.volume_missing` when a staging is not there, `storage.*`
 */
export async function swapCovers(
  step: CoversStep,
  restoreId: string,
  onPlaced: (bytes: number) => void = () => {},
): Promise<SwapReport> {
  checkStagings(step);
  const swap = new Swap(step, restoreId);
  for await (const cover of readCoverList(step.list)) {
    if (cover.untouched === undefined || await swap.stageChanged(cover, cover.untouched)) {
      await swap.place(cover.path);
    }
    await breathe();
    onPlaced(cover.size);
  }
  atMoment("covers_placed");
  if (step.mode === "exact") await swap.removeExtras();
  await swap.finish();
  atMoment("covers_swapped");
  return swap;
}

/** Refuses to go on when a volume of the covers is not there. */
export function checkStagings(step: CoversStep): void {
  for (const { path } of step.stagings) {
    if (!isMarked(path)) throw volumeMissing(path, "staging");
  }
}

class Swap implements SwapReport {
  readonly behindLinks: string[] = [];
  readonly kept: string[] = [];
  readonly #step: CoversStep;
  readonly #restoreId: string;
  /** Folders whose names changed; flushed at the end. As many as the covers have folders. */
  readonly #touched = new Set<string>();
  readonly #ready = new Set<string>([""]);
  readonly #linked = new Set<string>();
  readonly #emptied = new Set<string>();
  #owner: Deno.FileInfo | null = null;

  constructor(step: CoversStep, restoreId: string) {
    this.#step = step;
    this.#restoreId = restoreId;
  }

  /**
   * Stages a cover that was to be left alone and that somebody changed since.
   *
   * @returns Whether it is to be placed.
   */
  async stageChanged(cover: ListedCover, mark: FileMark): Promise<boolean> {
    const { folder, mode, archive, stagings } = this.#step;
    const live = join(folder, cover.path);
    const staged = this.#staged(cover.path);
    if (exists(staged)) return true;
    if (isAsMarked(live, mark) || await isUnchanged(live, cover)) return false;
    if (mode === "add_missing" && exists(live)) return false;
    // Under its own name only when it is whole: a kill may come in between.
    const late = join(stagingOf(stagings, cover.path).path, "late");
    await removeStaging(late);
    await unpackCover(archive, cover, late);
    Deno.mkdirSync(dirname(staged), { recursive: true, mode: 0o700 });
    await Deno.rename(late, staged);
    await syncFolder(dirname(staged));
    return true;
  }

  async place(path: string): Promise<void> {
    const staged = this.#staged(path);
    if (!exists(staged)) return;
    if (!this.#openWay(dirname(path))) return void this.behindLinks.push(path);
    const live = join(this.#step.folder, path);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = lookUp(live);
      if (found?.isSymlink) return void this.behindLinks.push(path);
      if (found !== null && isSameFile(staged, live)) {
        Deno.removeSync(staged);
      } else {
        if (found !== null && this.#step.mode === "add_missing") return;
        if (found !== null) this.#displace(path);
        this.#giveOwner(staged, path);
        atMoment("cover_out");
        if (!await moveToFree(staged, live)) continue;
      }
      this.#touched.add(dirname(live));
      atMoment("cover_in");
      return;
    }
    throw new AppError("storage.failed", { path: live, found: "the library keeps rewriting it" });
  }

  async removeExtras(): Promise<void> {
    const wanted = new Set<string>();
    for await (const { path } of readCoverList(this.#step.list)) wanted.add(path);
    const recorded = await loadCoverList(this.#step.record);
    for await (const file of walk(this.#step.folder)) {
      const path = file.relativePath;
      // What was not there when the covers were saved was added since: it stays where the library put it.
      if (file.kind !== "file" || wanted.has(path) || !recorded.has(path)) continue;
      // A way back was stopped between its two steps: one file under both names.
      if (isSameFile(file.path, this.#old(path))) this.#removeName(path);
      // It went before, when this was begun: what stands there now is the library's.
      else if (exists(this.#old(path))) continue;
      else this.#displace(path);
      this.#emptied.add(dirname(path));
      atMoment("extra_out");
      await breathe();
    }
  }

  async finish(): Promise<void> {
    for (const folder of this.#emptied) await this.#removeEmpty(folder);
    for (const folder of this.#touched) if (exists(folder)) await syncFolder(folder);
    for (const { path } of this.#step.stagings) {
      if (exists(join(path, "old"))) await syncFolder(join(path, "old"));
    }
  }

  #staged(path: string): string {
    return join(stagingOf(this.#step.stagings, path).path, "covers", path);
  }

  #old(path: string): string {
    return join(stagingOf(this.#step.stagings, path).path, "old", path);
  }

  /** Makes the folders that lead to a cover. `false`: a symbolic link is in the way, and left alone. */
  #openWay(folder: string): boolean {
    if (folder === "." || this.#ready.has(folder)) return true;
    if (this.#linked.has(folder)) return false;
    const open = this.#openWay(dirname(folder)) && this.#makeFolder(folder);
    (open ? this.#ready : this.#linked).add(folder);
    return open;
  }

  #makeFolder(folder: string): boolean {
    const live = join(this.#step.folder, folder);
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
    const live = join(this.#step.folder, path);
    const staging = stagingOf(this.#step.stagings, path);
    this.#touched.add(dirname(live));
    if (moveAside(live, this.#old(path))) return;
    const root = join(this.#step.folder, staging.under);
    const kept = moveToKept(live, { root, restoreId: this.#restoreId, path });
    if (kept !== null) this.kept.push(path);
  }

  #removeName(path: string): void {
    const live = join(this.#step.folder, path);
    this.#touched.add(dirname(live));
    Deno.removeSync(live);
  }

  /** A replaced file keeps its owner and mode; a new one is given the owner of the covers folder. */
  #giveOwner(made: string, path: string): void {
    const replaced = lookUp(this.#old(path));
    this.#owner ??= Deno.statSync(this.#step.folder);
    const like = replaced?.isFile ? replaced : this.#owner;
    const isFolder = (lookUp(made))?.isDirectory ?? false;
    const mode = isFolder ? this.#owner.mode : replaced?.isFile ? replaced.mode : null;
    try {
      if (like.uid !== null && like.gid !== null) Deno.chownSync(made, like.uid, like.gid);
      Deno.chmodSync(made, (mode ?? 0o644) & 0o7777);
    } catch (error) {
      // Only root may give a file away, and some file systems know neither: the content still counts.
      if (!isOsError(error, "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) {
        throw fromOsError(error, join(this.#step.folder, basename(path)));
      }
    }
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at !== "." && at !== ""; at = dirname(at)) {
      if (!await removeIfEmpty(join(this.#step.folder, at))) return;
      this.#touched.add(dirname(join(this.#step.folder, at)));
    }
  }
}

async function unpackCover(path: string, cover: ListedCover, to: string): Promise<void> {
  await using archive = await openArchive(path);
  const entry = await archive.find(`covers/${cover.path}`);
  if (entry === null) throw new AppError("archive.missing_entry", { path: cover.path });
  await unpackEntry(archive, entry, {
    path: to,
    expected: cover.sha256,
    signal: new AbortController().signal,
    onBytes: () => {},
  });
}

/** Removes a folder that holds nothing; tells whether it did. */
export async function removeIfEmpty(path: string): Promise<boolean> {
  if (!(lookUp(path))?.isDirectory) return false;
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    // In use, or not empty after all: it stays.
    if (isOsError(error, "ENOTEMPTY", "EEXIST", "EBUSY", "ENOENT")) return false;
    throw fromOsError(error, path);
  }
}
