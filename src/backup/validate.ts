import { join } from "node:path";
import { DATABASE_PATH } from "../archive/entry_path.ts";
import { type ArchiveEntry, openArchive } from "../archive/read.ts";
import { repackedWarnings } from "../archive/repacked_warnings.ts";
import { verifyArchive, type VerifyReport } from "../archive/verify.ts";
import { areOnlyChanges, explainProblems } from "../archive/verify_problem.ts";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { checkStranger, isStrangersFault, passedOverNotices } from "../database/mod.ts";
import type { JobContext, Jobs, StartedJob } from "../jobs/types.ts";
import { asLarge, unpackArchive } from "../restore/unpack_archive.ts";
import type { LargeEntry } from "../restore/unpack_content.ts";
import type { BackupRecord, Catalog, SidecarChanges } from "./catalog.ts";
import { expectedHashes } from "./expected_hashes.ts";
import { isOwn } from "./is_own.ts";
import { hashDiffers } from "./reconcile_sidecar.ts";
import { openScratchFor, type Scratch } from "./scratch.ts";
import type { ValidateResult } from "./types.ts";

/** What validating needs. */
export interface ValidateServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalog: Catalog;
  readonly jobs: Jobs;
}

type Damage = NonNullable<ValidateResult["damage"]>[number];

interface Finding {
  readonly damage: Damage;
  readonly path: string | null;
  readonly notice: Notice;
}

/**
 * Starts checking a backup: every entry and hash of the archive, then the database inside with SQLite's own check.
 *
 * Every damaged path is named, and damage of the archive is told from damage of the database. The outcome is
 * recorded beside the ZIP, so that the list shows it.
 *
 * @throws {AppError} `backup.not_found`
 */
export async function startValidate(
  services: ValidateServices,
  backupId: string,
  options: { actor: string; signal?: AbortSignal },
): Promise<StartedJob<ValidateResult>> {
  const record = await services.catalog.get(backupId);
  return await services.jobs.start(
    { kind: "validate", exclusive: false, backupId, ...options },
    (context) => validate(services, context, record),
  );
}

/**
 * Checks a backup and records the outcome; see {@linkcode startValidate}.
 */
export async function validate(
  services: ValidateServices,
  context: JobContext,
  record: BackupRecord,
): Promise<ValidateResult> {
  const { catalog, clock, log } = services;
  const content = await measure(record.file_path, context.signal);
  const noRoom: Notice[] = [];
  await using scratch = await openRoom(services, content, noRoom);
  const copyPath = scratch === null ? null : join(scratch.path, "library.db");
  const report = await readWhole(context, record, { content, copyPath });
  const findings = archiveFindings(report, record);
  const warnings = [...noRoom, ...repackedWarnings(report)];
  const isWhole = report.valid || areOnlyChanges(report.problems);
  if (isWhole && report.includes.includes("database") && copyPath !== null) {
    const own = isOwn(record);
    findings.push(...await databaseFindings(context, copyPath, { own, warnings }));
  }
  const valid = findings.length === 0;
  const verifiedAt = verificationTime(record, { valid, noRoom, now: clock.now() });
  await noteOutcome(catalog, record.backup_id, report, {
    error: findings[0]?.notice ?? null,
    verified_at: verifiedAt,
    ...valid ? { checksum: report.md5, sha256: report.sha256, unproven: false } : {},
  }).catch((error) => log.warn("backup.check_unsaved", { backup_id: record.backup_id, error }));
  if (!valid) {
    log.failure("backup.invalid", {
      backup_id: record.backup_id,
      damaged: findings.map(({ path }) => path),
    });
  }
  return {
    valid,
    backup_id: record.backup_id,
    includes: report.includes,
    file_size: record.file_size,
    checksum: report.md5,
    verified_at: verifiedAt,
    warnings,
    ...valid ? {} : {
      error: findings[0]?.notice ?? noticeOf(new AppError("archive.damaged", { found: "?" })),
      damaged: [...new Set(findings.flatMap(({ path }) => path ?? []))],
      damage: [...new Set(findings.map(({ damage }) => damage))],
    },
  };
}

/** Where SQLite has not looked the backup is as verified as it was before. */
function verificationTime(
  { verified_at }: BackupRecord,
  { valid, noRoom, now }: { valid: boolean; noRoom: readonly Notice[]; now: number },
): string | null {
  if (!valid) return null;
  return noRoom.length > 0 ? verified_at : utcTime(now);
}

/** What was computed settles first whether this is still the file that the record is about. */
async function noteOutcome(
  catalog: Catalog,
  backupId: string,
  report: VerifyReport,
  outcome: SidecarChanges,
): Promise<void> {
  await catalog.settle(backupId, report);
  await catalog.update(backupId, outcome);
}

/** Where entries are damaged the whole file's checksum differs too, and says nothing more. */
function archiveFindings(
  report: VerifyReport,
  { checksum, sha256 }: Pick<BackupRecord, "checksum" | "sha256">,
): Finding[] {
  const damages = report.problems.filter(({ kind }) => kind !== "checksum");
  if (damages.length === 0 && report.problems.length > 0) {
    const notice = checksum === ""
      ? hashDiffers(sha256, report.sha256)
      : hashDiffers(checksum, report.md5);
    return [{ damage: "checksum", path: null, notice }];
  }
  if (damages.length === 0) return [];
  const notice = noticeOf(explainProblems(damages));
  return damages.map(({ kind, path }) => ({ damage: kind, path, notice }));
}

/** Room for the database inside; without any the archive is read all the same, and that is told. */
async function openRoom(
  { config }: ValidateServices,
  content: Measure | null,
  warnings: Notice[],
): Promise<Scratch | null> {
  if (content === null || content.database === null) return null;
  try {
    return await openScratchFor(config, content.database.size);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { zh, en } = noticeOf(error);
    warnings.push({
      zh: `压缩包已完整检查，但没有地方解压其中的数据库，未用 SQLite 检查它: ${zh}`,
      en:
        `The archive was read whole, but there is no room to unpack the database in it, which SQLite has not checked: ${en}`,
    });
    return null;
  }
}

/**
 * Verifies the archive, and in the same pass unpacks the database inside, so that nothing is inflated twice.
 *
 * An archive whose directory cannot be read is only verified, which says why; so is one without room for its database.
 */
async function readWhole(
  context: JobContext,
  record: BackupRecord,
  { content, copyPath }: { content: Measure | null; copyPath: string | null },
): Promise<VerifyReport> {
  const { signal } = context;
  const expected = expectedHashes(record);
  const onBytes = (bytes: number) => context.advance(bytes);
  context.phase("verify", content?.totalBytes ?? record.file_size);
  if (content === null || copyPath === null) {
    return await verifyArchive(record.file_path, { signal, onBytes, expected });
  }
  const { totalBytes, large } = content;
  return await unpackArchive({
    archive: record.file_path,
    targets: new Map([[DATABASE_PATH, copyPath]]),
    files: [],
    acceptChanged: true,
    durable: false,
    large,
  }, { expected, withMd5: true, totalBytes, signal, onBytes, onFile: () => {} });
}

interface Measure {
  readonly totalBytes: number;
  readonly database: ArchiveEntry | null;
  readonly large: LargeEntry | null;
}

async function measure(
  path: string,
  signal: AbortSignal,
): Promise<Measure | null> {
  try {
    await using archive = await openArchive(path, { signal });
    let totalBytes = 0;
    let database: ArchiveEntry | null = null;
    for await (const entry of archive.entries({ signal })) {
      totalBytes += entry.size;
      if (entry.path === DATABASE_PATH) database = entry;
    }
    return { totalBytes, database, large: asLarge(archive, database) };
  } catch (error) {
    if (isAppError(error) && error.code.startsWith("archive.")) return null;
    throw error;
  }
}

async function databaseFindings(
  context: JobContext,
  copyPath: string,
  { own, warnings }: { own: boolean; warnings: Notice[] },
): Promise<Finding[]> {
  context.phase("check_database");
  try {
    const { signal } = context;
    const { passedOver } = await checkStranger(copyPath, { name: DATABASE_PATH, own, signal });
    warnings.push(...passedOverNotices(passedOver));
    return [];
  } catch (error) {
    if (!isStrangersFault(error)) throw error;
    return [{ damage: "database", path: DATABASE_PATH, notice: noticeOf(error) }];
  }
}
