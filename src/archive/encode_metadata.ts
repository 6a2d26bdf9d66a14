import { Buffer } from "node:buffer";
import type { FileRecords } from "./file_records.ts";

/**
 * Writes a document about an archive as JSON in UTF-8: indented, and `files` last with a line for each.
 *
 * @param document Every other field, at least one.
 */
export function encodeMetadata(document: object, files: FileRecords): Uint8Array<ArrayBuffer> {
  const head = JSON.stringify(document, null, 2).replace(/\n\}$/, ',\n  "files": ');
  return Buffer.concat([Buffer.from(head), files.json, Buffer.from("\n}\n")]);
}
