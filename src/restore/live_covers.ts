import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromOsError, isOsError } from "../storage/os_error.ts";
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

/** Finds covers that need not be restored because they are live already, byte for byte. */
export class LiveCovers {
  readonly #folder: string;
  readonly #before: number;
  /** Folders that are no symbolic links, from the covers folder. */
  readonly #real = new Map<string, boolean>([[".", true]]);

  /** @param options `begunAt`: what was touched after that, or just before, counts as changing. */
  constructor({ folder, begunAt }: { folder: string; begunAt: number }) {
    this.#folder = folder;
    this.#before = begunAt - SETTLED_MS;
  }

  /** The mark of the live cover with this very content; `null` when there is none, or not surely. */
  find(path: string, content: Uint8Array): FileMark | null {
    if (!this.#isReal(dirname(path))) return null;
    const live = join(this.#folder, path);
    const mark = markFile(live);
    if (mark === null || mark.size !== content.length || mark.changedAt >= this.#before) {
      return null;
    }
    return readIfThere(live)?.equals(content) ? mark : null;
  }

  #isReal(folder: string): boolean {
    const known = this.#real.get(folder);
    if (known !== undefined) return known;
    const isReal = this.#isReal(dirname(folder)) &&
      (lookUp(join(this.#folder, folder))?.isDirectory ?? false);
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

/** Tells whether a file is still as it was marked. */
export function isAsMarked(path: string, mark: FileMark): boolean {
  const now = markFile(path);
  return now !== null && (Object.keys(mark) as (keyof FileMark)[])
    .every((key) => now[key] === mark[key]);
}

function readIfThere(path: string) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, path);
  }
}
