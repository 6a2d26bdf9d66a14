import { type ArchiveWriter, createArchive } from "../archive/write.ts";
import { type Clock, localTime, utcTime } from "../base/clock.ts";
import { isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config, Part } from "../config/types.ts";
import type { JobContext } from "../jobs/types.ts";
import type { LibraryCopy } from "./copy_library_database.ts";
import type { FileList, LibraryFile } from "./library_files.ts";
import type { MakeRequest } from "./make_backup.ts";
import type { Sidecar } from "./sidecar.ts";
import type { FileRecord } from "./types.ts";

/** What goes into an archive, collected before a byte of it is written. */
export interface Gathered {
  readonly database: LibraryCopy | null;
  readonly migrations: FileList;
  readonly covers: FileList;
  readonly config: FileList;
  readonly extra: FileList;
  readonly warnings: Notice[];
}

/** A finished archive and the metadata inside it. */
export interface WrittenArchive {
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly metadata: InnerDocument;
}

/** What `metadata.json` holds. */
export type InnerDocument = Omit<
  Sidecar,
  | "file_size"
  | "file_mtime_ms"
  | "checksum"
  | "sha256"
  | "pinned"
  | "verified_at"
  | "error"
  | "cover_count"
  | "shrunk"
  | "drill"
  | "free_bytes"
  | "restoring"
>;

/**
 * Writes the archive of a backup: database, migrations, covers, config, extra files, and the metadata last.
 *
 * A cover that vanishes meanwhile becomes a warning in `gathered.warnings`.
 *
 * @throws {AppError} `storage.*`, `worker.crashed`; the signal's reason.
 */
export async function writeBackupArchive(
  services: { config: Config; clock: Clock },
  context: JobContext,
  request: MakeRequest,
  target: { id: string; gathered: Gathered; path: string },
): Promise<WrittenArchive> {
  const { config, clock } = services;
  const { gathered, id } = target;
  const lists = [gathered.migrations, gathered.covers, gathered.config, gathered.extra];
  const total = lists.reduce((sum, list) => sum + list.totalBytes, gathered.database?.bytes ?? 0);
  context.phase("write_archive", total);
  await using writer = await createArchive(target.path, {
    level: config.backup.compressionLevel,
    timeZone: config.timeZone,
    mode: config.backup.fileMode,
    signal: context.signal,
    onBytes: (bytes) => context.advance(bytes),
  });
  const now = clock.now();
  const files: FileRecord[] = [];
  if (gathered.database !== null) {
    files.push(
      await writer.add({
        path: "database/library.db",
        modifiedAt: now,
        source: { file: gathered.database.path, sizeHint: gathered.database.bytes },
      }),
    );
  }
  for (const list of lists) {
    files.push(...await addFiles(writer, list.files, context, gathered.warnings));
  }
  const metadata = innerDocument(request, { id, now, files, gathered, timeZone: config.timeZone });
  await writer.add({
    path: "metadata.json",
    modifiedAt: now,
    source: new TextEncoder().encode(`${JSON.stringify(metadata, null, 2)}\n`),
  });
  return { ...await writer.finish(), metadata };
}

async function addFiles(
  writer: ArchiveWriter,
  files: readonly LibraryFile[],
  context: JobContext,
  warnings: Notice[],
): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  const entries = files.map(({ entry, path, modifiedAt, sizeBytes }) => ({
    path: entry,
    modifiedAt,
    source: { file: path, sizeHint: sizeBytes },
  }));
  for await (const outcome of writer.addAll(entries)) {
    if ("record" in outcome) records.push(outcome.record);
    else if (isAppError(outcome.error, "storage.missing")) {
      const { path } = outcome.entry;
      const warning = {
        zh: `备份期间 ${path} 被删除，未包含在备份中`,
        en: `${path} vanished during the backup and is not in it`,
      };
      context.warn(warning);
      warnings.push(warning);
    } else throw outcome.error;
  }
  return records;
}

function innerDocument(
  request: MakeRequest,
  made: { id: string; now: number; files: FileRecord[]; gathered: Gathered; timeZone: string },
): InnerDocument {
  const { gathered, files } = made;
  const has = (prefix: string) => files.some(({ path }) => path.startsWith(prefix));
  const present: Record<Part, boolean> = {
    database: has("database/library.db"),
    covers: has("covers/"),
    config: has("config/") || has("extra/"),
  };
  const inside = new Set(files.map(({ path }) => path));
  return {
    backup_id: made.id,
    created_at: localTime(made.now, made.timeZone),
    created_at_utc: utcTime(made.now),
    description: request.description,
    includes: request.includes.filter((part) => present[part]),
    version: "1.0",
    kind: request.kind,
    files,
    missing_covers: request.includes.includes("covers")
      ? (gathered.database?.coverPaths ?? []).filter((path) => !inside.has(`covers/${path}`))
      : [],
    symlinks: gathered.covers.symlinks,
    rows: gathered.database?.rows ?? {},
  };
}
