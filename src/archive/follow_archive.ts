import { checkContent, type ContentReport } from "./check_content.ts";
import { followEntries } from "./follow_entries.ts";
import { GrowingFile } from "./growing_file.ts";
import { WriteMark } from "./write_mark.ts";
import type { FileHashes } from "./types.ts";

/** An archive to follow. */
export interface FollowOrder {
  readonly path: string;
  /** {@linkcode WriteMark.shared} of the writer's mark. */
  readonly mark: SharedArrayBuffer;
  /** Whether the content is checked, not only the file hashed. */
  readonly check: boolean;
}

/** What is told on the way: content that was checked, in bytes; or, once, what the file's hashes are. */
export type FollowNote = { readonly checked: number } | { readonly hashes: FileHashes };

/** Bytes between two notes. */
const NOTE_BYTES = 4 * 1024 * 1024;

/**
 * Reads an archive back while it is written: hashes the file and, when asked to, checks every entry.
 *
 * When the last byte is there, the finished archive is opened as any other, and its directory and metadata are
 * checked; only an entry that could not be followed is read again. Blocks the calling thread wherever it has to
 * wait for the writer.
 *
 * @returns `null` when nothing was to be checked.
 * @throws {AppError} When the file cannot be read: `storage.*`.
 */
export async function followArchive(
  { path, mark, check }: FollowOrder,
  note: (note: FollowNote) => void,
): Promise<ContentReport | null> {
  let unreported = 0;
  const onBytes = (bytes: number) => {
    unreported += bytes;
    if (unreported < NOTE_BYTES) return;
    note({ checked: unreported });
    unreported = 0;
  };
  using file = new GrowingFile(path, new WriteMark(mark));
  const known = check ? await followEntries(file, onBytes) : null;
  note({ hashes: file.finish() });
  return check ? await checkContent({ path }, { known, onBytes }) : null;
}
