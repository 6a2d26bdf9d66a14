import { AppError, type ErrorCode, isAppError } from "../base/errors.ts";
import { asAppError } from "../base/os_error.ts";
import type { Config } from "../config/types.ts";
import type { JobContext, Jobs, StartedJob } from "../jobs/types.ts";
import { defaultIncludes } from "./default_includes.ts";
import { explainSpace } from "./explain_space.ts";
import { type MadeBackup, makeBackup, type MakeServices } from "./make_backup.ts";
import { aheadWarnings } from "./ahead.ts";
import { tidyStore } from "./tidy_store.ts";
import { pruneAfter } from "./prune.ts";
import type { CreateRequest, CreateResult } from "./types.ts";

/** What creating needs. */
export interface CreateServices extends MakeServices {
  readonly jobs: Jobs;
}

/** A backup of this many bytes is written as `50.23 MB` in the log, as the library's own service did. */
const MEBIBYTE = 1_048_576;

/**
 * Starts making a backup, and afterwards removes those over the count.
 *
 * @throws {AppError} `job.busy`, `restore.in_progress`, `backup.nothing_to_back_up`, `backup.create_failed`
 */
export async function startCreate(
  services: CreateServices,
  request: CreateRequest,
): Promise<StartedJob<CreateResult>> {
  const includes = request.includes ?? defaultIncludes(services.config);
  if (includes.length === 0) throw new AppError("backup.nothing_to_back_up");
  const { actor, signal, description = "", kind = "manual" } = request;
  const work = async (context: JobContext) => {
    try {
      await tidyStore(services).catch((error) =>
        services.log.warn("service.tidy_failed", { error })
      );
      const made = await makeBackup(services, context, {
        includes: [...new Set(includes)],
        description,
        kind,
      });
      return await settle(services, context, made);
    } catch (error) {
      throw await wrap(services, error);
    }
  };
  try {
    const options = { kind: "create", actor, ...signal === undefined ? {} : { signal } } as const;
    return await services.jobs.start(options, work);
  } catch (error) {
    // The store itself is out of order: its lock could not be opened.
    throw isAppError(error) && error.code.startsWith("storage.")
      ? await wrap(services, error)
      : error;
  }
}

/** Logs and prunes. A scheduled run's story is told by the scheduler, so only a manual one's is told here. */
async function settle(
  services: CreateServices,
  context: JobContext,
  made: MadeBackup,
): Promise<CreateResult> {
  const { log, catalog } = services;
  const { record, warnings } = made;
  const { backup_id, kind, file_size, includes } = record;
  log.info("backup.created", { backup_id, kind, file_size });
  if (kind === "manual") {
    log.info("backup.size", { megabytes: (file_size / MEBIBYTE).toFixed(2) });
    log.info("backup.includes", { includes });
  }
  context.phase("retention");
  const pruned = made.coversGone ? null : await pruneAfter(services, record.backup_id);
  const later = [...aheadWarnings(await catalog.list()), ...pruned?.warnings ?? []];
  for (const warning of later) context.warn(warning);
  return {
    success: true,
    backup_id: record.backup_id,
    file_path: record.file_path,
    file_size: record.file_size,
    checksum: record.checksum,
    includes: record.includes,
    description: record.description,
    verified_at: record.verified_at,
    missing_covers: record.missing_covers,
    incomplete: record.incomplete,
    missing_covers_count: record.missing_covers_count,
    warnings: [...warnings, ...later],
    removed: pruned?.removed ?? [],
    pending_removal: pruned?.pending ?? null,
  };
}

/** Conditions that keep their own code and status instead of becoming `创建备份失败`. */
const OWN_ANSWER: readonly ErrorCode[] = [
  "job.cancelled",
  "job.busy",
  "backup.nothing_to_back_up",
  "space.insufficient",
  "storage.full",
];

async function wrap(services: CreateServices, error: unknown): Promise<unknown> {
  const explained = asAppError(await explainSpace(nameLibrary(error, services.config), services));
  if (isAppError(explained, "job.cancelled")) services.log.info("backup.cancelled");
  else services.log.failure("backup.failed", { error: explained });
  if (isAppError(explained, ...OWN_ANSWER)) return explained;
  return new AppError("backup.create_failed", { reason: explained }, { cause: error });
}

/** The copy is what the library's database was: what SQLite found in the one is the other's damage. */
function nameLibrary(error: unknown, { database: { path } }: Config): unknown {
  if (!isAppError(error, "database.damaged", "database.not_sqlite", "database.unsupported")) {
    return error;
  }
  return new AppError(error.code, { ...error.details, path }, { cause: error });
}
