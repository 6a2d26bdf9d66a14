import { Buffer } from "node:buffer";
import { MetadataScanner } from "./metadata_scanner.ts";
import type { FileRecord } from "./types.ts";

/**
 * The files of an archive as its metadata lists them, wherever the list is: read when somebody asks for it, and never
 * held as records.
 */
export interface FileRecords extends AsyncIterable<FileRecord> {
  /** The list as JSON, brackets included, a piece at a time. */
  json(): AsyncIterable<Uint8Array>;
}

/**
 * Makes the records of a list of files out of its JSON.
 *
 * @param json A whole document with the list in it, in pieces.
 * @throws {AppError} `archive.damaged` at the first that is none; what the pieces throw.
 */
export async function* readFileRecords(
  json: AsyncIterable<Uint8Array>,
): AsyncGenerator<FileRecord> {
  let files: readonly FileRecord[] = [];
  const scanner = new MetadataScanner({ onFiles: (found) => void (files = found) });
  for await (const piece of json) {
    scanner.push(piece);
    yield* files;
    files = [];
  }
  scanner.finish();
}

/** Writes a list of files as JSON, a line for each, a piece at a time. */
export async function* encodeFileRecords(
  files: AsyncIterable<FileRecord> | Iterable<FileRecord>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "[";
  let isFirst = true;
  for await (const { path, size, sha256 } of files) {
    text += `${isFirst ? "" : ","}\n${JSON.stringify({ path, size, sha256 })}`;
    isFirst = false;
    if (text.length < PIECE_CHARACTERS) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(`${text}${isFirst ? "" : "\n"}]`);
}

/** Tells whether there is a file in a folder of the archive, without making a single record. */
export async function hasFilesIn(files: FileRecords, folder: string): Promise<boolean> {
  const wanted = Buffer.from(`"${folder}/`);
  let before = Buffer.alloc(0);
  for await (const piece of files.json()) {
    const json = Buffer.concat([before, piece]);
    // Hashes are hexadecimal and keys have no slash: a text that begins so is a path, unless its quote is escaped.
    for (let at = json.indexOf(wanted); at >= 0; at = json.indexOf(wanted, at + 1)) {
      if (json[at - 1] !== BACKSLASH) return true;
    }
    before = json.subarray(Math.max(0, json.length - wanted.length));
  }
  return false;
}

const BACKSLASH = 0x5c;

/** A list without files. */
export const NO_FILES: FileRecords = {
  json: () => encodeFileRecords([]),
  async *[Symbol.asyncIterator]() {},
};

const PIECE_CHARACTERS = 64 * 1024;
