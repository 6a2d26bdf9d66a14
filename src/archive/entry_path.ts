import { AppError } from "../base/errors.ts";
import type { Part } from "../config/types.ts";
import { MAX_NAME_BYTES, MAX_SEGMENT_BYTES } from "./limits.ts";

/** What an entry belongs to; `null` for anything that is no part of a backup and is ignored. */
export type EntryPart = Part | "metadata" | null;

/** The one entry that describes the others, always last. */
export const METADATA_PATH = "metadata.json";

/** Where the library's database is. */
export const DATABASE_PATH = "database/library.db";

/**
 * Checks that a name can only ever mean a file inside the folder it is unpacked in, on any system.
 *
 * @param name As stored in the archive, `/` between segments.
 * @returns The same name.
 * @throws {AppError} `archive.hostile` with what was found.
 * @see APPNOTE.TXT 4.4.17
 */
export function checkEntryPath(name: string): string {
  const found = findDanger(name);
  if (found === null) return name;
  // Old programs of Windows put it where a slash belongs; that is a mistake, and whoever wants to get out is none.
  const isMistake = found === BACKSLASH && findDanger(name.replaceAll("\\", "/")) === null;
  const why = isMistake ? { why: "backslashes" } : {};
  throw new AppError("archive.hostile", { path: name.slice(0, 300), found, ...why });
}

/** Tells what an entry belongs to by its first segment. */
export function partOf(path: string): EntryPart {
  if (path === METADATA_PATH) return "metadata";
  const folder = path.slice(0, Math.max(0, path.indexOf("/")));
  switch (folder) {
    case "database":
    case "covers":
    case "config":
    case "extra":
      return folder;
    default:
      return null;
  }
}

/**
 * Reduces a name to what a case-insensitive, normalising file system would compare.
 *
 * Two names with the same folded form may be one file on macOS or Windows.
 */
export function foldPath(path: string): string {
  // ASCII, the common case, needs neither normalisation nor the special letters.
  // deno-lint-ignore no-control-regex -- the range of ASCII
  if (/^[\x00-\x7f]*$/.test(path)) return path.toLowerCase();
  return path.normalize("NFC").toLowerCase().replaceAll("ς", "σ").replaceAll("ſ", "s")
    .normalize("NFC");
}

const BACKSLASH = "backslash in the name";

function findDanger(name: string): string | null {
  if (name === "") return "empty name";
  if (name.includes("\0")) return "NUL in the name";
  // deno-lint-ignore no-control-regex -- these are the characters to refuse
  if (/[\x01-\x1f\x7f-\x9f]/.test(name)) return "control character in the name";
  if (name.includes("\\")) return BACKSLASH;
  if (name.startsWith("//")) return "network path";
  if (name.startsWith("/")) return "absolute path";
  if (/^[A-Za-z]:/.test(name)) return "drive letter";
  if (!name.isWellFormed()) return "name is not Unicode";
  if (byteLength(name) > MAX_NAME_BYTES) return `name longer than ${MAX_NAME_BYTES} bytes`;
  return findDangerousSegment(name) ?? findDatabaseCompanion(name);
}

function findDangerousSegment(name: string): string | null {
  for (const segment of name.split("/")) {
    if (segment === "") return "empty segment in the name";
    if (segment === "." || segment === "..") return `${segment} segment in the name`;
    if (segment.toLowerCase().startsWith(".restore-")) return "name reserved for a running restore";
    if (segment.length * 3 > MAX_SEGMENT_BYTES && byteLength(segment) > MAX_SEGMENT_BYTES) {
      return `segment longer than ${MAX_SEGMENT_BYTES} bytes`;
    }
  }
  return null;
}

/** SQLite replays such a file into the database beside it, and a journal can name files to delete. */
function findDatabaseCompanion(name: string): string | null {
  const match = /^database\/[^/]*-(journal|wal|shm)$/.exec(foldPath(name));
  return match === null ? null : `SQLite ${match[1]} file beside the database`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
