import type { BackupRecord } from "../../src/backup/catalog.ts";

/** A sound, verified manual backup of the given day of January 2026, with what a test wants changed. */
export function backupRecord(day: number, change: Partial<BackupRecord> = {}): BackupRecord {
  const date = `2026-01-${String(day).padStart(2, "0")}`;
  const id = `backup_${date.replaceAll("-", "")}_020000`;
  return {
    backup_id: id,
    file_name: `${id}.zip`,
    file_path: `/backups/${id}.zip`,
    file_size: 1000,
    file_size_mb: 0,
    created_at: `${date}T02:00:00`,
    created_at_utc: `${date}T02:00:00.000Z`,
    description: "",
    includes: ["database", "covers", "config"],
    checksum: "0".repeat(32),
    sha256: "0".repeat(64),
    version: "1.0",
    kind: "manual",
    pinned: false,
    verified_at: `${date}T02:00:01.000Z`,
    state: "ok",
    error: null,
    changed: false,
    future: false,
    library_id: "library-one",
    other_library: false,
    missing_covers: [],
    missing_covers_count: 0,
    rows: { books: 10 },
    cover_count: 5,
    shrunk: false,
    incomplete: false,
    drill: null,
    symlinks: [],
    free_bytes: null,
    restoring: null,
    ...change,
  };
}
