import type { FileRecords } from "./file_records.ts";

/**
 * Writes a document about an archive as JSON in UTF-8, a piece at a time: indented, and `files` last with a line for
 * each.
 *
 * @param document Every other field, at least one.
 */
export async function* encodeMetadata(
  document: object,
  files: FileRecords,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(JSON.stringify(document, null, 2).replace(/\n\}$/, ',\n  "files": '));
  yield* files.json();
  yield encoder.encode(METADATA_END);
}

/** What follows the list of files. */
export const METADATA_END = "\n}\n";
