import { openArchive } from "../archive/read.ts";
import { verifyArchive, type VerifyReport } from "../archive/verify.ts";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { checkStranger, isStrangersFault } from "../database/mod.ts";
import type { JobContext, Jobs, StartedJob } from "../jobs/types.ts";
import { checkSpace } from "../storage/free_space.ts";
import { temporaryName } from "../storage/temporary.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { extractEntry } from "./extract_entry.ts";
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
  const expected = await catalog.sidecar(record.backup_id);
  context.phase("verify", record.file_size);
  const report = await verifyArchive(record.file_path, {
    signal: context.signal,
    onBytes: (bytes) => context.advance(bytes),
    withoutMetadata: true,
    expected: {
      ...expected.checksum === "" ? {} : { md5: expected.checksum },
      ...expected.sha256 === "" ? {} : { sha256: expected.sha256 },
      ...expected.files.length === 0 ? {} : { files: [...expected.files] },
    },
  });
  const findings = archiveFindings(report, expected.checksum);
  if (findings.length === 0 && report.includes.includes("database")) {
    findings.push(...await databaseFindings(services, context, record));
  }
  const valid = findings.length === 0;
  const checkedAt = utcTime(clock.now());
  await catalog.update(record.backup_id, {
    error: findings[0]?.notice ?? null,
    verified_at: valid ? checkedAt : null,
    ...valid ? { checksum: report.md5, sha256: report.sha256 } : {},
  }).catch((error) => log.warn("验证结果写入失败", { backup_id: record.backup_id, error }));
  if (!valid) {
    log.error(`备份验证失败: ${record.backup_id}`, { damaged: findings.map(({ path }) => path) });
  }
  return {
    valid,
    backup_id: record.backup_id,
    includes: report.includes,
    file_size: record.file_size,
    checksum: report.md5,
    verified_at: valid ? checkedAt : null,
    ...valid ? {} : {
      error: findings[0]?.notice ?? noticeOf(new AppError("archive.damaged", { found: "?" })),
      damaged: [...new Set(findings.flatMap(({ path }) => path ?? []))],
      damage: [...new Set(findings.map(({ damage }) => damage))],
    },
  };
}

/** Where entries are damaged the whole file's checksum differs too, and says nothing more. */
function archiveFindings(report: VerifyReport, checksum: string): Finding[] {
  const damages = report.problems.filter(({ kind }) => kind !== "checksum");
  return (damages.length > 0 ? damages : report.problems).map((
    { path, found, hostile, kind },
  ): Finding => ({
    damage: kind,
    path,
    notice: kind === "checksum" && checksum !== report.md5
      ? checksumDiffers(checksum, report.md5)
      : noticeOf(
        new AppError(hostile ? "archive.hostile" : "archive.damaged", {
          ...path === null ? {} : { path },
          found,
        }),
      ),
  }));
}

function checksumDiffers(recorded: string, found: string): Notice {
  return {
    zh: `校验和不一致: 记录为 ${recorded}，实际为 ${found}`,
    en: `The checksum differs: recorded ${recorded}, found ${found}`,
  };
}

async function databaseFindings(
  services: ValidateServices,
  context: JobContext,
  record: BackupRecord,
): Promise<Finding[]> {
  const { config } = services;
  await using archive = await openArchive(record.file_path, { signal: context.signal });
  const entry = await archive.find("database/library.db");
  if (entry === null) return [];
  await checkSpace(config.backup.path, entry.size, { reserveBytes: config.backup.reserveBytes });
  context.phase("check_database", entry.size);
  await using copy = await extractEntry(archive, entry, {
    path: temporaryName(record.file_path),
    signal: context.signal,
    onBytes: (bytes) => context.advance(bytes),
  });
  try {
    await checkStranger(copy.path, { name: entry.path, signal: context.signal });
    return [];
  } catch (error) {
    if (!isStrangersFault(error)) throw error;
    return [{ damage: "database", path: entry.path, notice: noticeOf(error) }];
  }
}
