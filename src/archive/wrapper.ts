import { METADATA_PATH, partOf } from "./entry_path.ts";
import { isLeftByOthers } from "./left_by_others.ts";

/**
 * Finds the one folder that somebody's archiver put around a whole backup, as Finder and Explorer do when the unpacked
 * folder is packed again.
 *
 * Shown every name of an archive, in any order.
 */
export class WrapperFinder {
  /** The folders that all have in common, each with its slash; `null` before the first name. */
  #common: string | null = null;
  /** The metadata nearest to the root. */
  #metadata: string | null = null;

  /** @param path Of a file. */
  see(path: string): void {
    if (this.#common === "" || isLeftByOthers(path)) return;
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    this.#common = this.#common === null ? folder : commonFolder(this.#common, folder);
    const isNearer = path.length < (this.#metadata?.length ?? Infinity);
    if (isNearer && path.endsWith(`/${METADATA_PATH}`)) this.#metadata = path;
  }

  /** The folder with its slash; `null` when the archive has none. */
  find(): string | null {
    const folder = this.#common;
    if (folder === null || folder === "" || partOf(folder) !== null) return null;
    return this.#metadata === folder + METADATA_PATH ? folder : null;
  }
}

function commonFolder(one: string, other: string): string {
  let end = 0;
  for (let at = 0; at < one.length && one[at] === other[at]; at++) {
    if (one[at] === "/") end = at + 1;
  }
  return one.slice(0, end);
}
