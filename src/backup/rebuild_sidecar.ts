import { METADATA_PATH } from "../archive/entry_path.ts";
import { type Archive, openArchive } from "../archive/read.ts";
import { type FileRecords, NO_FILES } from "../archive/file_records.ts";
import type { ReadMetadata } from "../archive/metadata.ts";
import { RecordsInArchive } from "../archive/records_in_archive.ts";
import { localTime, parseLocalTime, parseUtcTime, utcTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { type Part, PARTS } from "../config/types.ts";
import { hashFile } from "../storage/read_chunks.ts";
import { incompleteFields } from "./left_out.ts";
import { isLibraryId } from "./library_identity.ts";
import { shorten, shortenRows } from "./metadata_lists.ts";
import type { Sidecar } from "./sidecar.ts";

/** Above this many bytes a ZIP is hashed when something depends on it, so that a listing stays quick. */
export const HASH_AT_ONCE_BYTES = 256 * 1_048_576;

/** What is known of a ZIP before it is opened. */
export interface ZipFacts {
  readonly backupId: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly timeZone: string;
}

interface Contents {
  readonly metadata: ReadMetadata | null;
  readonly files: FileRecords;
  readonly includes: readonly Part[];
  readonly coverCount: number;
  readonly error: Notice | null;
}

/**
 * Makes the sidecar of a ZIP that has none: one copied in by hand, or written by the library itself.
 *
 * Parts are those really inside, whatever the metadata says, and it counts as uploaded: only a sidecar can tell that
 * this service made it for itself. A ZIP that is no sound archive gives a sidecar that says why. Reads the directory.
 *
 * @param hashes Of the whole file, where they are known; default: computed up to 256 MiB.
 * @throws {AppError} `storage.*` when the file cannot be read
 */
export async function rebuildSidecar(
  zipPath: string,
  facts: ZipFacts,
  hashes?: { readonly md5: string; readonly sha256: string },
): Promise<Sidecar> {
  const contents = await readContents(zipPath);
  return describe(contents, facts, hashes ?? await hashWhenSmall(zipPath, facts.size));
}

/** The sidecar of a ZIP that has none and cannot be read: it says nothing but why. */
export function unreadSidecar(facts: ZipFacts, error: Notice): Sidecar {
  const contents = { metadata: null, files: NO_FILES, includes: [], coverCount: 0, error };
  return describe(contents, facts, { md5: "", sha256: "" });
}

function describe(
  { metadata, files, includes, coverCount, error }: Contents,
  facts: ZipFacts,
  hashes: { readonly md5: string; readonly sha256: string },
): Sidecar {
  const created = createdAt(metadata, facts);
  return {
    backup_id: facts.backupId,
    created_at: localTime(created, facts.timeZone),
    created_at_utc: utcTime(created),
    description: metadata?.description ?? "",
    includes,
    file_size: facts.size,
    file_mtime_ms: facts.modifiedAt,
    checksum: hashes.md5,
    sha256: hashes.sha256,
    version: metadata?.version ?? "1.0",
    kind: "uploaded",
    pinned: false,
    verified_at: null,
    error,
    files,
    cover_count: coverCount,
    ...shortened(metadata),
    shrunk: metadata?.shrunk ?? false,
    ...metadata?.modes === true ? { modes: true } : {},
    ...incompleteFields(metadata?.left_out ?? [], metadata?.left_out_count),
    ...metadata?.incomplete === true ? { incomplete: true } : {},
    ...isLibraryId(metadata?.library_id) ? { library_id: metadata.library_id } : {},
    unproven: true,
    drill: null,
    free_bytes: null,
    restoring: null,
  };
}

/** An archive may say more than a listing of many should have to hold. */
function shortened(metadata: ReadMetadata | null) {
  const missing = shorten(metadata?.missing_covers ?? []);
  const symlinks = shorten(metadata?.symlinks ?? []);
  return {
    missing_covers: missing.texts,
    missing_covers_count: metadata?.missing_covers_count ?? missing.count,
    symlinks: symlinks.texts,
    symlinks_count: metadata?.symlinks_count ?? symlinks.count,
    rows: shortenRows(metadata?.rows ?? {}),
  };
}

async function hashWhenSmall(zipPath: string, size: number) {
  return size <= HASH_AT_ONCE_BYTES
    ? await hashFile(zipPath, ["md5", "sha256"])
    : { md5: "", sha256: "" };
}

async function readContents(zipPath: string): Promise<Contents> {
  const found = new Set<Part>();
  let coverCount = 0;
  try {
    await using archive: Archive = await openArchive(zipPath);
    const metadata = await archive.readMetadata();
    for await (const entry of archive.entries()) {
      const part = PARTS.find((name) => name === entry.part);
      if (part !== undefined) found.add(part);
      if (part === "covers") coverCount += 1;
    }
    return {
      metadata,
      files: metadata?.listsFiles === true ? new RecordsInArchive(zipPath) : NO_FILES,
      includes: PARTS.filter((part) => found.has(part)),
      coverCount,
      // What a restore would say: without metadata nobody knows what should be inside.
      error: metadata !== null ? null : noticeOf(
        new AppError("archive.damaged", { path: METADATA_PATH, found: "missing" }),
      ),
    };
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith("archive.")) throw error;
    return { metadata: null, files: NO_FILES, includes: [], coverCount, error: noticeOf(error) };
  }
}

function createdAt(metadata: ReadMetadata | null, facts: ZipFacts): number {
  const utc = metadata?.created_at_utc === undefined ? null : parseUtcTime(metadata.created_at_utc);
  const local = metadata === null ? null : parseLocalTime(metadata.created_at, facts.timeZone);
  return utc ?? local ?? timeInId(facts) ?? facts.modifiedAt;
}

/** `backup_20260115_230000` says when it was made, in the zone of its maker. */
function timeInId({ backupId, timeZone }: ZipFacts): number | null {
  const stamp = /^backup_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})/.exec(backupId);
  if (stamp === null) return null;
  const [, year, month, day, hour, minute, second] = stamp;
  return parseLocalTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`, timeZone);
}
