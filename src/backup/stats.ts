import { isAppError } from "../base/errors.ts";
import { noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import type { DatabaseSurvey } from "../database/mod.ts";
import { readFreeSpace, reserveBytes } from "../storage/free_space.ts";
import { type BackupRecord, mebibytes } from "./backup_record.ts";
import type { DrillHistory } from "./drill_history.ts";
import { defaultIncludes, libraryParts } from "./default_includes.ts";
import { databaseBytes, estimateBytes } from "./estimate.ts";
import { countOthers } from "./own_library.ts";
import { previewPruning, type PruneServices } from "./prune.ts";
import { findNewestVerified } from "./retention.ts";
import type { StatsDocument } from "./types.ts";

/** Points of the size chart, newest last. */
const HISTORY_POINTS = 60;

/** What statistics need besides the catalog. */
export interface StatsServices extends PruneServices {
  readonly isAutoEnabled: () => boolean;
  readonly drills: DrillHistory;
  /** Of the library's database. */
  readonly survey: DatabaseSurvey;
}

/** Sums up the store: counts, sizes, space, what the next backup is expected to need, and whether it has anything to copy. */
export async function readStats(services: StatsServices): Promise<StatsDocument> {
  const { config, catalog } = services;
  const backups = await catalog.list();
  const space = await readFreeSpace(config.backup.path);
  const ordinary = backups.filter(({ kind }) => kind !== "snapshot");
  const own = backups.filter(({ other_library }) => !other_library);
  const dated = own.filter(({ future }) => !future);
  const latest = dated[0];
  const verified = findNewestVerified(dated, services.clock.now());
  const total = backups.reduce((sum, { file_size }) => sum + file_size, 0);
  return {
    total_backups: backups.length,
    total_size: total,
    total_size_mb: mebibytes(total),
    backup_dir: config.backup.path,
    retention_count: config.backup.retentionCount,
    auto_backup_enabled: services.isAutoEnabled(),
    latest_backup: latest === undefined ? null : {
      backup_id: latest.backup_id,
      created_at: latest.created_at,
      file_size_mb: latest.file_size_mb,
    },
    free_bytes: space.freeBytes,
    total_bytes: space.totalBytes,
    reserve_bytes: reserveBytes(space, config.backup.reserveBytes),
    snapshot_count: backups.length - ordinary.length,
    latest_verified: verified === undefined ? null : {
      backup_id: verified.backup_id,
      created_at_utc: verified.created_at_utc,
      verified_at: verified.verified_at ?? "",
    },
    predicted_bytes: await predict(config, ordinary),
    last_drill: await services.drills.last(),
    other_libraries: countOthers(backups),
    pending_removal: (await previewPruning(services)).pending,
    time_zone: config.timeZone,
    library: { database: await describeDatabase(services), parts: libraryParts(config) },
    history: dated.slice(0, HISTORY_POINTS).reverse().map((backup) => ({
      created_at_utc: backup.created_at_utc,
      file_size: backup.file_size,
      free_bytes: backup.free_bytes,
    })),
  };
}

async function describeDatabase(
  { config, survey }: StatsServices,
): Promise<StatsDocument["library"]["database"]> {
  const { state, error } = await survey.look();
  const detail = error === null ? null : noticeOf(error);
  return { state, path: config.database.path, detail };
}

/** The last whole backup's size and the scratch copy; without one, an estimate from the database alone. */
async function predict(config: Config, backups: readonly BackupRecord[]): Promise<number> {
  const last = backups.find(({ includes, state }) =>
    state === "ok" && config.backup.defaultIncludes.every((part) => includes.includes(part))
  );
  try {
    return last === undefined
      ? await estimateBytes(config, defaultIncludes(config), 0)
      : last.file_size + await databaseBytes(config.database.path);
  } catch (error) {
    // What is wrong with the database is told beside this.
    if (isAppError(error)) return last?.file_size ?? 0;
    throw error;
  }
}
