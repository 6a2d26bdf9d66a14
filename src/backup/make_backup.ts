import { MAX_FILES } from "../archive/limits.ts";
import { createArchive } from "../archive/write.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config, Part } from "../config/types.ts";
import { keepWorker } from "../database/mod.ts";
import type { JobContext } from "../jobs/types.ts";
import { checkSpace, readFreeSpace, reserveBytes } from "../storage/free_space.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { estimateBytes } from "./estimate.ts";
import {
  type FileList,
  listConfigFiles,
  listCovers,
  listExtraFiles,
  listMigrations,
} from "./library_files.ts";
import type { MakeRequest } from "./make_request.ts";
import { scratchFile } from "./scratch_file.ts";
import { findShrunkFrom } from "./shrunk.ts";
import { openStore } from "./store.ts";
import { verifyNewArchive } from "./verify_new_archive.ts";
import {
  type ListedFiles,
  sumBytes,
  writeBackupArchive,
  type WrittenArchive,
} from "./write_backup_archive.ts";
import { WriteProgress } from "./write_progress.ts";

/** What making a backup needs. */
export interface MakeServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalog: Catalog;
}

/** A backup that was made. */
export interface MadeBackup {
  readonly record: BackupRecord;
  readonly warnings: readonly Notice[];
  /** The database was damaged and only its bytes were taken. */
  readonly raw: boolean;
  /** The covers folder was absent or empty although the database names covers. */
  readonly coversGone: boolean;
  /** An earlier backup more than twice as large, now pinned. */
  readonly shrunkFrom: string | null;
}

/**
 * Makes one backup: copies the database, writes the archive, verifies it and publishes it.
 *
 * The library is touched only by one reading transaction, released as soon as the copy is made. Whatever fails
 * or is cancelled leaves no file behind and every earlier backup as it was.
 *
 * @throws {AppError} `database.*`, `space.insufficient`, `storage.*`, `backup.store_missing`,
 * `backup.verify_failed`, `backup.nothing_to_back_up`, `job.cancelled`.
 */
export async function makeBackup(
  services: MakeServices,
  context: JobContext,
  request: MakeRequest,
): Promise<MadeBackup> {
  const { config, catalog, log } = services;
  await openStore(config, log);
  const id = catalog.newId();
  context.made(id);
  using _copying = request.includes.includes("database") ? keepWorker() : null;
  const { lists, neededBytes } = await listFiles(config, context, request);
  try {
    return await makeListed(services, context, request, { id, lists });
  } catch (error) {
    if (!isAppError(error, "storage.full")) throw error;
    throw new AppError(error.code, { needed_bytes: neededBytes, ...error.details }, {
      cause: error,
    });
  }
}

async function makeListed(
  services: MakeServices,
  context: JobContext,
  request: MakeRequest,
  { id, lists }: { id: string; lists: ListedFiles },
): Promise<MadeBackup> {
  const { config, catalog } = services;
  await using zip = scratchFile(catalog.temporaryPath(id));
  await using copy = scratchFile(catalog.temporaryPath(id));
  const progress = new WriteProgress(context, sumBytes(lists));
  const { compressionLevel: level, fileMode: mode, verifyAfterCreate: verify } = config.backup;
  await using writer = await createArchive(zip.path, {
    level,
    mode,
    verify,
    timeZone: config.timeZone,
    signal: context.signal,
    onBytes: (bytes) => progress.wrote(bytes),
    onVerified: (bytes) => progress.verified(bytes),
  });
  const target = { id, lists, writer, progress, copy };
  const archive = await writeBackupArchive(services, context, request, target);
  const { database } = archive;
  const found = listWarnings(archive, lists, request);
  for (const warning of found) context.warn(warning);
  failPoint("create.archived");
  if (verify) progress.written();
  const verifiedAt = verify ? await verifyNewArchive(writer, services.clock) : null;
  failPoint("create.verified");
  const shrunkFrom = request.kind === "snapshot"
    ? null
    : findShrunkFrom(librarySize(archive), await catalog.list());
  context.phase("publish");
  context.commit();
  const { freeBytes } = await readFreeSpace(catalog.folder);
  // Before the backup is there: whatever fails after that would report a backup as not made.
  if (shrunkFrom !== null) await catalog.update(shrunkFrom.backup_id, { pinned: true });
  const record = await catalog.publish(zip.path, {
    ...archive.metadata,
    file_size: archive.size,
    checksum: archive.md5,
    sha256: archive.sha256,
    pinned: false,
    verified_at: verifiedAt,
    error: null,
    cover_count: archive.coverCount,
    shrunk: shrunkFrom !== null,
    drill: null,
    free_bytes: freeBytes,
    restoring: request.restoring ?? null,
  });
  return {
    record,
    warnings: [...found, ...archive.warnings],
    raw: database?.raw ?? false,
    coversGone: areCoversGone(archive, request),
    shrunkFrom: shrunkFrom?.backup_id ?? null,
  };
}

async function listFiles(
  config: Config,
  context: JobContext,
  request: MakeRequest,
): Promise<{ lists: ListedFiles; neededBytes: number }> {
  const { signal } = context;
  const empty: FileList = { files: [], symlinks: [], warnings: [], totalBytes: 0 };
  const wants = (part: Part) => request.includes.includes(part);
  context.phase("list_files");
  const lists = {
    covers: wants("covers") ? await listCovers(config.covers, signal) : empty,
    config: wants("config") ? await listConfigFiles(config) : empty,
    extra: wants("config") ? await listExtraFiles(config, signal) : empty,
    migrations: wants("database")
      ? await listMigrations(config.database.migrations, signal)
      : empty,
  };
  if (!wants("database") && lists.covers.files.length + lists.config.files.length === 0) {
    throw new AppError("backup.nothing_to_back_up", { includes: request.includes });
  }
  checkFileCount({ ...lists });
  const { path, reserveBytes: configured } = config.backup;
  const bytes = await estimateBytes(config, request.includes, lists.covers.totalBytes);
  const space = await checkSpace(path, bytes, { reserveBytes: configured });
  failPoint("create.space_checked");
  return { lists, neededBytes: bytes + reserveBytes(space, configured) };
}

function listWarnings(archive: WrittenArchive, lists: ListedFiles, request: MakeRequest): Notice[] {
  const warnings = [
    ...archive.database?.warnings ?? [],
    ...lists.covers.warnings,
    ...lists.extra.warnings,
  ];
  if (!areCoversGone(archive, request)) return warnings;
  const named = archive.database?.coverPaths.length ?? 0;
  return [...warnings, {
    zh: `封面目录不存在或是空的，而数据库记录了 ${named} 个封面；请检查目录挂载`,
    en:
      `The covers folder is absent or empty while the database names ${named} covers; check the mount`,
  }];
}

function areCoversGone(archive: WrittenArchive, request: MakeRequest): boolean {
  return request.includes.includes("covers") && archive.coverCount === 0 &&
    (archive.database?.coverPaths.length ?? 0) > 0;
}

function librarySize({ metadata, coverCount }: WrittenArchive) {
  return {
    rows: metadata.rows,
    coverCount,
    includes: metadata.includes,
  };
}

/**
 * Lets lists pass whose record fits into one archive's metadata.
 *
 * @throws {AppError} `archive.too_large` before anything is copied, rather than a backup that fails its own check.
 */
export function checkFileCount(lists: Readonly<Record<string, Pick<FileList, "files">>>): void {
  const count = Object.values(lists).reduce((sum, { files }) => sum + files.length, 0);
  if (count > MAX_FILES) {
    throw new AppError("archive.too_large", { found: `${count} files`, limit: MAX_FILES });
  }
}
