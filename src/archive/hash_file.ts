import { closeSync, openSync, readSync } from "node:fs";
import { createHash } from "node:crypto";
import { fromOsError } from "../storage/os_error.ts";
import { CHUNK_BYTES } from "./limits.ts";

/** What {@linkcode hashFile} computes. */
export type HashName = "md5" | "sha256";

/** Size of a file, and the hashes asked for, hex; the others are empty. */
export type FileHashes = { readonly size: number } & Readonly<Record<HashName, string>>;

/**
 * Hashes a whole file, waiting for the disk: for a thread that may wait, or a small file.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`.
 */
export function hashFile(path: string, names: readonly HashName[]): FileHashes {
  const hashes = names.map((name) => ({ name, hash: createHash(name) }));
  let size = 0;
  try {
    const file = openSync(path, "r");
    try {
      const buffer = new Uint8Array(CHUNK_BYTES);
      for (let bytes = 1; bytes > 0; size += bytes) {
        bytes = readSync(file, buffer, 0, buffer.length, null);
        for (const { hash } of hashes) hash.update(buffer.subarray(0, bytes));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fromOsError(error, path);
  }
  const found = Object.fromEntries(hashes.map(({ name, hash }) => [name, hash.digest("hex")]));
  return { size, md5: "", sha256: "", ...found };
}
