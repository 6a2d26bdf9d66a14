import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathFault } from "../storage/os_error.ts";
import { type FilePlaces, isAbove, livePath } from "./file_places.ts";
import { lookUp } from "./staging.ts";

/** Tells whether a file is the one that was looked at, and has not been written to since. */
export interface FileMark {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modifiedAt: number;
  /** Of the inode: cannot be set back by a program. */
  readonly changedAt: number;
}

/** A clock of the disk may be a little behind ours: a file this much older than now is surely closed. */
const SETTLED_MS = 100;

/** Finds files that need not be restored because they are live already, byte for byte. */
export class LiveFiles {
  readonly #places: Pick<FilePlaces, "stagings">;
  readonly #before: number;
  /** Folders, and whether they are no symbolic links. */
  readonly #real = new Map<string, boolean>();

  /** @param options `begunAt`: what was touched after that, or just before, counts as changing. */
  constructor({ begunAt, ...places }: Pick<FilePlaces, "stagings"> & { begunAt: number }) {
    this.#places = places;
    this.#before = begunAt - SETTLED_MS;
  }

  /** The mark of the live file with this very content; `null` when there is none, or not surely. */
  find(path: string, content: Uint8Array): FileMark | null {
    try {
      return this.#find(path, content);
    } catch (error) {
      // What cannot be looked at is not known to be as it should be.
      if (pathFault(error) !== null) return null;
      throw error;
    }
  }

  #find(path: string, content: Uint8Array): FileMark | null {
    if (!this.#isReal(dirname(path))) return null;
    const live = livePath(this.#places, path);
    const mark = markFile(live);
    if (mark === null || mark.size !== content.length || mark.changedAt >= this.#before) {
      return null;
    }
    return readFileSync(live).equals(content) ? mark : null;
  }

  #isReal(folder: string): boolean {
    if (isAbove(this.#places, folder)) return true;
    const known = this.#real.get(folder);
    if (known !== undefined) return known;
    const isReal = this.#isReal(dirname(folder)) &&
      (lookUp(livePath(this.#places, folder))?.isDirectory ?? false);
    this.#real.set(folder, isReal);
    return isReal;
  }
}

/** Marks a regular file as it is now; `null` when there is none, or the file system tells too little. */
export function markFile(path: string): FileMark | null {
  const info = lookUp(path);
  if (!info?.isFile || info.ino === null || info.mtime === null || info.ctime === null) return null;
  return {
    device: info.dev,
    inode: info.ino,
    size: info.size,
    modifiedAt: info.mtime.getTime(),
    changedAt: info.ctime.getTime(),
  };
}

/** Tells whether a file is still as it was marked; `false` when it cannot be looked at. */
export function isAsMarked(path: string, mark: FileMark): boolean {
  const now = markOrNull(path);
  return now !== null && (Object.keys(mark) as (keyof FileMark)[])
    .every((key) => now[key] === mark[key]);
}

function markOrNull(path: string): FileMark | null {
  try {
    return markFile(path);
  } catch (error) {
    if (pathFault(error) !== null) return null;
    throw error;
  }
}
