import { isLibraryId } from "./library_identity.ts";
import type { Sidecar } from "./sidecar.ts";
import type { BackupDocument } from "./types.ts";

/** A backup in the folder: its document, and what only this service needs. */
export interface BackupRecord extends Omit<BackupDocument, "in_use" | "newest_verified"> {
  readonly symlinks: readonly string[];
  /** Bytes free on the store's volume when it was made. */
  readonly free_bytes: number | null;
  /** For a snapshot: the backup whose restore it was taken for. */
  readonly restoring: string | null;
}

/** The record of the ZIP at `zipPath`, from what its sidecar says. */
export function recordOf(sidecar: Sidecar, zipPath: string): BackupRecord {
  const { files: _files, file_mtime_ms: _mtime, backup_id, file_size, ...others } = sidecar;
  const { left_out: _left, left_out_count: _count, warnings: _warnings, ...known } = others;
  const { modes: _modes, unproven: _unproven, changed, ...rest } = known;
  const size = changed?.size ?? file_size;
  return {
    backup_id,
    file_name: `${backup_id}.zip`,
    file_path: zipPath,
    file_size: size,
    file_size_mb: mebibytes(size),
    ...rest,
    incomplete: sidecar.incomplete === true,
    missing_covers_count: sidecar.missing_covers_count ?? sidecar.missing_covers.length,
    state: sidecar.error === null ? "ok" : "damaged",
    changed: changed !== undefined,
    future: false,
    library_id: isLibraryId(sidecar.library_id) ? sidecar.library_id : null,
    other_library: false,
  };
}

/** Bytes as MiB with two decimals, as the library's page shows them. */
export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576 * 100) / 100;
}
