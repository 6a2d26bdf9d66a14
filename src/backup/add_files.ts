import type { ArchiveWriter } from "../archive/write.ts";
import { type AppError, isAppError } from "../base/errors.ts";
import { pathFault } from "../storage/os_error.ts";
import type { LeftOutWord } from "./left_out.ts";
import type { LibraryFile } from "./file_table.ts";
import type { LeftOut } from "./types.ts";
import type { WrittenFiles } from "./written_files.ts";

/** Options of {@linkcode addFiles}. */
export interface AddFilesOptions {
  readonly signal: AbortSignal;
  /** Told of a file that was deleted since it was listed. */
  readonly onVanished: (path: string) => void;
  /** Told of a file that the archive cannot hold, or that cannot be read. */
  readonly onLeftOut: (item: LeftOut) => void;
}

/**
 * Adds files to an archive, in the order of their lists. One that cannot be added costs itself only.
 *
 * @throws {AppError} What another file would have failed for as well; the signal's reason.
 */
export async function addFiles(
  writer: ArchiveWriter,
  written: WrittenFiles,
  lists: readonly Iterable<LibraryFile>[],
  { signal, onVanished, onLeftOut }: AddFilesOptions,
): Promise<void> {
  const entries = function* () {
    for (const files of lists) {
      for (const { entry: path, modifiedAt, mode, path: file, sizeBytes: sizeHint } of files) {
        signal.throwIfAborted();
        yield { path, modifiedAt, mode, source: { file, sizeHint } };
      }
    }
  };
  for await (const outcome of writer.addAll(entries())) {
    if ("record" in outcome) {
      written.add(outcome.record);
      continue;
    }
    const { entry: { path }, error } = outcome;
    const reason = reasonOf(error);
    if (isAppError(error, "storage.missing")) onVanished(path);
    else if (reason !== null) onLeftOut({ path, reason });
    else throw error;
  }
}

function reasonOf(error: AppError): string | null {
  if (!isAppError(error, "archive.hostile")) return pathFault(error);
  const word: LeftOutWord = error.details["collides"] === true ? "same_name" : "unsafe_name";
  return word;
}
