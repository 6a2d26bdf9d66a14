import { AppError } from "../base/errors.ts";
import { type FileRecords, readFileRecords } from "./file_records.ts";
import { readChunks } from "../storage/read_chunks.ts";
import type { ListSpan } from "./metadata_scanner.ts";
import type { FileRecord } from "./types.ts";

/** The list of files in a document beside an archive, read from there whenever somebody asks. */
export class RecordsInFile implements FileRecords {
  readonly #path: string;
  readonly #span: ListSpan;

  /** @param span Where in the document the list is. */
  constructor(path: string, span: ListSpan) {
    this.#path = path;
    this.#span = span;
  }

  /** @throws {AppError} `storage.failed` when somebody has meanwhile replaced the document by a longer or shorter one. */
  async *json(): AsyncGenerator<Uint8Array> {
    const { start, end } = this.#span;
    let passed = start;
    for await (const piece of readChunks(this.#path, { start, chunkBytes: PIECE_BYTES })) {
      const left = end - passed;
      const isLast = piece.length >= left;
      const isMoved = (passed === start && piece[0] !== BRACKET) ||
        (isLast && piece[left - 1] !== CLOSING_BRACKET);
      if (isMoved) break;
      yield piece.subarray(0, left);
      if (isLast) return;
      passed += piece.length;
    }
    throw new AppError("storage.failed", { path: this.#path, found: "it has changed meanwhile" });
  }

  [Symbol.asyncIterator](): AsyncGenerator<FileRecord> {
    return readFileRecords(asDocument(this.json()));
  }
}

const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const PIECE_BYTES = 256 * 1024;

async function* asDocument(list: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('{"files":');
  yield* list;
  yield encoder.encode("}");
}
