import { AppError } from "../base/errors.ts";
import { METADATA_PATH } from "./entry_path.ts";
import { MAX_METADATA_TEXT, MAX_NAME_BYTES } from "./limits.ts";
import type { FileRecord } from "./types.ts";

/**
 * Checks of single values in `metadata.json`, each with the type it is to have.
 *
 * All throw `archive.damaged` that names the field.
 *
 * @module
 */

/** Lets a text pass that is not longer than {@linkcode MAX_METADATA_TEXT}. */
export function checkText(value: unknown, key: string): string {
  if (typeof value !== "string") throw wrongType(key, "text");
  if (value.length > MAX_METADATA_TEXT) {
    throw damagedMetadata(
      `${key} has ${value.length} characters, expected at most ${MAX_METADATA_TEXT}`,
    );
  }
  return value;
}

/** Lets `true` and `false` pass. */
export function checkFlag(value: unknown, key: string): boolean {
  if (typeof value !== "boolean") throw wrongType(key, "true or false");
  return value;
}

/** Lets a whole number pass that is not negative and kept exactly. */
export function checkCount(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw wrongType(key, "a whole number");
  }
  return value;
}

/** Lets a SHA-256 pass, in hex of small letters. */
export function checkHash(value: unknown, key: string): string {
  const text = checkText(value, key);
  if (!/^[0-9a-f]{64}$/.test(text)) throw wrongType(key, "SHA-256 in hex");
  return text;
}

/** Lets an object pass that is neither `null` nor a list. */
export function checkObject(value: unknown, key: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(key, "an object");
  }
  return value as Record<string, unknown>;
}

/** Lets the record of a file pass, of a name that an entry can have. */
export function checkFile(value: unknown): FileRecord {
  const { path, size, sha256 } = checkObject(value, "files");
  const name = checkText(path, "files.path");
  if (!name.isWellFormed() || name.length > MAX_NAME_BYTES) {
    throw wrongType("files.path", `Unicode of at most ${MAX_NAME_BYTES} bytes`);
  }
  return {
    path: name,
    size: checkCount(size, "files.size"),
    sha256: checkHash(sha256, "files.sha256"),
  };
}

/** A field that is not what it should be. */
export function wrongType(key: string, expected: string): AppError {
  return damagedMetadata(`${key} has the wrong type, expected ${expected}`);
}

/** Metadata that cannot be read. */
export function damagedMetadata(found: string, cause?: unknown): AppError {
  return new AppError("archive.damaged", { path: METADATA_PATH, found }, { cause });
}
