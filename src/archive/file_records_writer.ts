import { ByteList } from "./byte_list.ts";
import { FileRecords } from "./file_records.ts";
import type { FileRecord } from "./types.ts";

/** Lists files as JSON, a line for each, while an archive is being written. */
export class FileRecordsWriter {
  readonly #json = new ByteList();
  readonly #starts: number[] = [];
  readonly #encoder = new TextEncoder();

  /** Adds one at the end. */
  add({ path, size, sha256 }: FileRecord): void {
    this.#push(this.#starts.length === 0 ? "[\n" : ",\n");
    this.#starts.push(this.#json.length);
    this.#push(JSON.stringify({ path, size, sha256 }));
  }

  /** The list, with which this one ends. */
  finish(): FileRecords {
    this.#push(this.#starts.length === 0 ? "[]" : "\n]");
    return new FileRecords(this.#json.bytes(), this.#starts);
  }

  #push(text: string): void {
    this.#json.push(this.#encoder.encode(text));
  }
}
