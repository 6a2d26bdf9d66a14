import type { Config } from "../config/types.ts";
import { readFreeSpace, reserveBytes } from "../storage/free_space.ts";
import { type BackupRecord, type Catalog, mebibytes } from "./catalog.ts";
import type { DrillHistory } from "./drill_history.ts";
import { databaseBytes, estimateBytes } from "./estimate.ts";
import type { StatsDocument } from "./types.ts";

/** Points of the size chart, newest last. */
const HISTORY_POINTS = 60;

/** What statistics need besides the catalog. */
export interface StatsServices {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly isAutoEnabled: () => boolean;
  readonly drills: DrillHistory;
}

/** Sums up the store: counts, sizes, space, and what the next backup is expected to need. */
export async function readStats(services: StatsServices): Promise<StatsDocument> {
  const { config, catalog } = services;
  const backups = await catalog.list();
  const space = await readFreeSpace(config.backup.path);
  const ordinary = backups.filter(({ kind }) => kind !== "snapshot");
  const latest = backups[0];
  const verified = ordinary.find(({ verified_at, state }) =>
    verified_at !== null && state === "ok"
  );
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
    time_zone: config.timeZone,
    history: backups.slice(0, HISTORY_POINTS).reverse().map((backup) => ({
      created_at_utc: backup.created_at_utc,
      file_size: backup.file_size,
      free_bytes: backup.free_bytes,
    })),
  };
}

/** The last whole backup's size and the scratch copy; without one, an estimate from the database alone. */
async function predict(config: Config, backups: readonly BackupRecord[]): Promise<number> {
  const last = backups.find(({ includes, state }) =>
    state === "ok" && config.backup.defaultIncludes.every((part) => includes.includes(part))
  );
  if (last === undefined) return await estimateBytes(config, config.backup.defaultIncludes, 0);
  return last.file_size + await databaseBytes(config.database.path);
}
