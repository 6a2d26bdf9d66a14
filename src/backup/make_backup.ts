import { createArchive } from "../archive/write.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { keepWorker } from "../database/mod.ts";
import type { JobContext } from "../jobs/types.ts";
import { readFreeSpace } from "../storage/free_space.ts";
import { BackupSpace } from "./backup_space.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { leftOutWarnings, passedOverWarnings } from "./left_out.ts";
import { listFiles } from "./list_files.ts";
import type { MakeRequest } from "./make_request.ts";
import { scratchFile } from "./scratch_file.ts";
import { findShrunkFrom } from "./shrunk.ts";
import { claimStore } from "./own_library.ts";
import { openStore } from "./store.ts";
import { verifyNewArchive } from "./verify_new_archive.ts";
import { writeBackupArchive, type WrittenArchive } from "./write_backup_archive.ts";
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
  context.phase("list_files");
  const space = await BackupSpace.find(config, request.includes);
  failPoint("create.space_checked");
  const claim = request.libraryId === undefined
    ? await claimStore(services)
    : { id: request.libraryId, warnings: [] };
  for (const warning of claim.warnings) context.warn(warning);
  const named = claim.id === null ? request : { ...request, libraryId: claim.id };
  try {
    const made = await makeWithin(services, context, named, { id, space });
    return { ...made, warnings: [...claim.warnings, ...made.warnings] };
  } catch (error) {
    if (!isAppError(error, "storage.full")) throw error;
    throw new AppError(error.code, { needed_bytes: space.neededBytes, ...error.details }, {
      cause: error,
    });
  }
}

async function makeWithin(
  services: MakeServices,
  context: JobContext,
  request: MakeRequest,
  { id, space }: { id: string; space: BackupSpace },
): Promise<MadeBackup> {
  const { config, catalog } = services;
  await using zip = scratchFile(catalog.temporaryPath(id));
  await using copy = scratchFile(catalog.temporaryPath(id));
  const progress = new WriteProgress(context);
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
  const list = async (signal: AbortSignal) => {
    const lists = await listFiles(config, request.includes, signal);
    await space.require(lists.covers.files.totalBytes + lists.extra.files.totalBytes);
    failPoint("create.listed");
    return lists;
  };
  const target = { id, list, writer, progress, copy };
  const archive = await writeBackupArchive(services, context, request, target);
  const { database } = archive;
  const found = listWarnings(archive, request);
  for (const warning of found) context.warn(warning);
  const warnings = [...found, ...archive.warnings];
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
    warnings: warnings.slice(0, MAX_WARNINGS),
    drill: null,
    free_bytes: freeBytes,
    restoring: request.restoring ?? null,
  });
  return {
    record,
    warnings,
    raw: database?.raw ?? false,
    coversGone: areCoversGone(archive, request),
    shrunkFrom: shrunkFrom?.backup_id ?? null,
  };
}

/** As many are kept beside the backup. */
const MAX_WARNINGS = 100;

function listWarnings(archive: WrittenArchive, request: MakeRequest): Notice[] {
  const warnings = [
    ...archive.database?.warnings ?? [],
    ...leftOutWarnings(archive.leftOut),
    ...passedOverWarnings(archive.lists),
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
