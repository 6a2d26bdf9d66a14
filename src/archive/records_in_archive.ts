import { encodeFileRecords, type FileRecords } from "./file_records.ts";
import { openArchive } from "./read.ts";
import type { FileRecord } from "./types.ts";

/** The list of files in an archive's own metadata. */
export class RecordsInArchive implements FileRecords {
  readonly #path: string;

  /** @param path Of a ZIP that can be opened. */
  constructor(path: string) {
    this.#path = path;
  }

  json(): AsyncGenerator<Uint8Array> {
    return encodeFileRecords(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FileRecord> {
    await using archive = await openArchive(this.#path);
    yield* archive.files();
  }
}
