import { type EntryPart, partOf } from "../archive/entry_path.ts";
import type { FileRecords } from "../archive/file_records.ts";
import { NameTable } from "../archive/name_table.ts";
import { PackedFiles } from "../archive/packed_files.ts";
import type { FileRecord } from "./types.ts";

/** The files that an archive holds so far; some 80 bytes for each. */
export class WrittenFiles {
  readonly #list = new PackedFiles();
  readonly #paths = new NameTable();
  readonly #counts = new Map<EntryPart, number>();

  /** Adds one, behind the others. */
  add(file: FileRecord): void {
    this.#list.add(file);
    this.#paths.add(file.path);
    const part = partOf(file.path);
    this.#counts.set(part, this.count(part) + 1);
  }

  /** Tells whether a file of that path was added. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** How many files of a part were added. */
  count(part: EntryPart): number {
    return this.#counts.get(part) ?? 0;
  }

  /** The list for the metadata; nothing is added afterwards. */
  finish(): FileRecords {
    return this.#list;
  }
}
