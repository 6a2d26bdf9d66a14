import { type EntryPart, partOf } from "../archive/entry_path.ts";
import type { FileRecords } from "../archive/file_records.ts";
import { FileRecordsWriter } from "../archive/file_records_writer.ts";
import { NameTable } from "../archive/name_table.ts";
import type { FileRecord } from "./types.ts";

/** The files that an archive holds so far; some 150 bytes for each. */
export class WrittenFiles {
  readonly #list = new FileRecordsWriter();
  readonly #paths = new NameTable();
  readonly #parts = new Set<EntryPart>();

  /** Adds one, behind the others. */
  add(file: FileRecord): void {
    this.#list.add(file);
    this.#paths.add(file.path);
    this.#parts.add(partOf(file.path));
  }

  /** Tells whether a file of that path was added. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Tells whether any file of a part was added. */
  hasPart(part: EntryPart): boolean {
    return this.#parts.has(part);
  }

  /** The list for the metadata; nothing is added afterwards. */
  finish(): FileRecords {
    return this.#list.finish();
  }
}
