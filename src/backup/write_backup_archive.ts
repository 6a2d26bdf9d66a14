import { encodeMetadata } from "../archive/encode_metadata.ts";
import { DATABASE_PATH } from "../archive/entry_path.ts";
import type { ArchiveWriter } from "../archive/write.ts";
import { type Clock, localTime, utcTime } from "../base/clock.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config, Part } from "../config/types.ts";
import type { JobContext } from "../jobs/types.ts";
import { addFiles } from "./add_files.ts";
import { copyLibraryDatabase, type LibraryCopy } from "./copy_library_database.ts";
import { type CopyContents, inspectCopy } from "./inspect_copy.ts";
import { listLateCovers } from "./late_covers.ts";
import { incompleteFields } from "./left_out.ts";
import { type ListedFiles, nothingToBackUp, sumBytes } from "./list_files.ts";
import type { MakeRequest } from "./make_request.ts";
import { shorten, shortenRows } from "./metadata_lists.ts";
import type { ScratchFile } from "./scratch_file.ts";
import type { Sidecar } from "./sidecar.ts";
import type { LeftOut } from "./types.ts";
import type { WriteProgress } from "./write_progress.ts";
import { WrittenFiles } from "./written_files.ts";

/** What to write, and where. */
export interface WriteTarget {
  readonly id: string;
  /** Lists the library's files; called once, while the database is being copied. */
  readonly list: (signal: AbortSignal) => Promise<ListedFiles>;
  /** A new archive's writer; finished here, not disposed. */
  readonly writer: ArchiveWriter;
  readonly progress: WriteProgress;
  /** For the database's copy; discarded once it is in the archive. */
  readonly copy: ScratchFile;
}

/** A finished archive and the metadata inside it. */
export interface WrittenArchive {
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly metadata: InnerDocument;
  readonly lists: ListedFiles;
  /** `null` when the backup has none. */
  readonly database: WrittenDatabase | null;
  readonly coverCount: number;
  /** Files that vanished meanwhile. */
  readonly warnings: readonly Notice[];
  /** What is not in it though it should be. */
  readonly leftOut: readonly LeftOut[];
}

/** The copied database in the archive and what is known of it. */
export type WrittenDatabase = LibraryCopy & CopyContents;

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
  | "warnings"
  | "drill"
  | "free_bytes"
  | "restoring"
>;

/**
 * Writes the archive of a backup: the files, the database, and the metadata last.
 *
 * Copying the database keeps one core busy; meanwhile the files are listed and written. A file that vanishes meanwhile becomes
 * a warning; a cover that comes meanwhile and belongs to a book in the copy is added behind it. What is known of the
 * copy is read, and the copy checked by SQLite, while it is being compressed: what the archive holds has the same
 * SHA-256.
 *
 * @throws {AppError} `database.*`, `storage.*`, `worker.crashed`; the signal's reason.
 */
export async function writeBackupArchive(
  services: { config: Config; clock: Clock },
  context: JobContext,
  request: MakeRequest,
  target: WriteTarget,
): Promise<WrittenArchive> {
  const { config, clock } = services;
  const { writer, progress } = target;
  const warnings: Notice[] = [];
  const leftOut: LeftOut[] = [];
  const now = clock.now();
  const files = new WrittenFiles();
  const onVanished = (path: string) => void warnings.push(vanished(path, context));
  const onLeftOut = (item: LeftOut) => void leftOut.push(item);
  const addListed = async (signal: AbortSignal) => {
    const listed = await target.list(signal);
    progress.listed(sumBytes(listed));
    const { migrations, covers, config, extra } = listed;
    const inOrder = [migrations, covers, config, extra];
    for (const list of inOrder) list.leftOut.forEach(onLeftOut);
    const lists = inOrder.map((list) => list.files);
    await addFiles(writer, files, lists, { signal, onVanished, onLeftOut });
    return listed;
  };
  const [copy, lists] = await bothOrNeither(context.signal, (signal) => [
    copyDatabaseOf(config, request, target.copy.path, { signal, progress }),
    addListed(signal),
  ]);
  let database: WrittenDatabase | null = null;
  if (copy !== null) {
    const { path: file, bytes: sizeHint, mode } = copy;
    const entry = { path: DATABASE_PATH, modifiedAt: now, mode, source: { file, sizeHint } };
    const [record, contents] = await bothOrNeither(context.signal, (signal) => [
      writer.add(entry),
      inspectCopy(copy, {
        coversFolder: config.covers,
        check: config.backup.verifyAfterCreate,
        mayBeDamaged: request.rawWhenDamaged ?? false,
        signal,
      }),
    ]);
    target.copy.discard();
    files.add(record);
    database = { ...copy, ...contents, warnings: [...copy.warnings, ...contents.warnings] };
  }
  if (database !== null && request.includes.includes("covers")) {
    const { signal } = context;
    const late = await listLateCovers(config.covers, lists.covers, database.coverPaths, signal);
    await addFiles(writer, files, [late], { signal, onVanished, onLeftOut });
  }
  const metadata = innerDocument(request, {
    id: target.id,
    now,
    files,
    database,
    symlinks: [...lists.covers.symlinks, ...lists.extra.symlinks],
    leftOut,
    timeZone: config.timeZone,
  });
  // A restore may replace what could not be saved: it is kept, not thrown away.
  const mayBeEmpty = request.kind === "snapshot" || request.includes.length === 0;
  if (metadata.includes.length === 0 && !mayBeEmpty) {
    throw nothingToBackUp(request.includes, leftOut);
  }
  const { files: list, ...document } = metadata;
  await writer.add({
    path: "metadata.json",
    modifiedAt: now,
    source: encodeMetadata(document, list),
  });
  const coverCount = files.count("covers");
  return { ...await writer.finish(), metadata, lists, database, coverCount, warnings, leftOut };
}

async function copyDatabaseOf(
  config: Config,
  request: MakeRequest,
  path: string,
  { signal, progress }: { signal: AbortSignal; progress: WriteProgress },
): Promise<LibraryCopy | null> {
  const database = request.includes.includes("database")
    ? await copyLibraryDatabase(config, path, {
      rawWhenDamaged: request.rawWhenDamaged ?? false,
      signal,
      onProgress: progress.copying(),
    })
    : null;
  progress.copied(database?.bytes ?? 0);
  failPoint("create.copied");
  return database;
}

function vanished(path: string, context: JobContext): Notice {
  const warning = {
    zh: `备份期间 ${path} 被删除，未包含在备份中`,
    en: `${path} vanished during the backup and is not in it`,
  };
  context.warn(warning);
  return warning;
}

function innerDocument(
  request: MakeRequest,
  made: {
    id: string;
    now: number;
    files: WrittenFiles;
    database: WrittenDatabase | null;
    symlinks: readonly string[];
    leftOut: readonly LeftOut[];
    timeZone: string;
  },
): InnerDocument {
  const { database, files } = made;
  const lacks = (path: string) => !files.has(`covers/${path}`);
  const missing = request.includes.includes("covers") ? database?.coverPaths.filter(lacks) : [];
  const missingCovers = shorten(missing ?? []);
  const symlinks = shorten(made.symlinks);
  const present: Record<Part, boolean> = {
    database: database !== null,
    covers: files.count("covers") > 0,
    config: files.count("config") > 0,
    extra: files.count("extra") > 0,
  };
  return {
    backup_id: made.id,
    created_at: localTime(made.now, made.timeZone),
    created_at_utc: utcTime(made.now),
    description: request.description,
    includes: request.includes.filter((part) => present[part]),
    version: "1.0",
    kind: request.kind,
    files: files.finish(),
    missing_covers: missingCovers.texts,
    missing_covers_count: missingCovers.count,
    symlinks: symlinks.texts,
    symlinks_count: symlinks.count,
    rows: shortenRows(database?.rows ?? {}),
    modes: true,
    ...incompleteFields(made.leftOut),
    ...request.libraryId === undefined ? {} : { library_id: request.libraryId },
  };
}
