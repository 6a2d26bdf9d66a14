import type { FileRecords } from "./file_records.ts";
import type { FileRecord } from "./types.ts";

/**
 * What an archive should hold, crossed off while its entries are met.
 *
 * Entries in the order of the list, as in every archive of ours, cost nothing to find. From the first that is not, the
 * paths of the rest are kept.
 */
export class ExpectedFiles {
  readonly #files: FileRecords;
  /** The first one that was not met, while all met were in order. */
  #next = 0;
  /** Where in the list each one is that was not met; `null` while all were in order. */
  #rest: Map<string, number> | null = null;

  constructor(files: FileRecords) {
    this.#files = files;
  }

  /** Crosses a path off; `undefined` when it is not in the list, or not any more. */
  take(path: string): FileRecord | undefined {
    if (this.#rest === null) {
      const file = this.#files.at(this.#next);
      if (file?.path === path) {
        this.#next += 1;
        return file;
      }
      this.#rest = this.#indexRest();
    }
    const index = this.#rest.get(path);
    if (index === undefined) return undefined;
    this.#rest.delete(path);
    return this.#files.at(index);
  }

  /** Paths that were not met, in the order of the list. */
  rest(): Iterable<string> {
    return (this.#rest ??= this.#indexRest()).keys();
  }

  #indexRest(): Map<string, number> {
    const rest = new Map<string, number>();
    for (let index = this.#next, file; (file = this.#files.at(index)); index++) {
      rest.set(file.path, index);
    }
    return rest;
  }
}
