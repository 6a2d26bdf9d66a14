import type { Part } from "../config/types.ts";
import type { JobContext } from "../jobs/types.ts";
import { databaseBytes } from "./estimate.ts";
import { hasCovers, listConfigFiles } from "./library_files.ts";
import { makeBackup, type MakeServices } from "./make_backup.ts";

/** A snapshot taken before a restore. */
export interface TakenSnapshot {
  readonly backupId: string;
  /** The database was damaged and only its bytes were taken. */
  readonly raw: boolean;
}

/**
 * Saves the library as it is, inside a running restore, before anything of it changes.
 *
 * It is neither trap nor blocker: it prunes nothing, and a database too damaged to copy is saved as its bytes.
 *
 * @param context The restore's: the snapshot shows as a phase of it and can be cancelled with it.
 * @returns `null` when there is nothing to save.
 * @throws {AppError} as {@linkcode makeBackup}
 */
export async function takeSnapshot(
  services: MakeServices,
  context: JobContext,
  { restoring }: { restoring: string },
): Promise<TakenSnapshot | null> {
  const includes = await partsThatExist(services, context.signal);
  if (includes.length === 0) return null;
  const { record, raw } = await makeBackup(services, withinRestore(context), {
    includes,
    description: `恢复前快照 (before restore ${restoring})`,
    kind: "snapshot",
    restoring,
    rawWhenDamaged: true,
  });
  return { backupId: record.backup_id, raw };
}

async function partsThatExist({ config }: MakeServices, signal: AbortSignal): Promise<Part[]> {
  const parts: Part[] = [];
  if (await databaseBytes(config.database.path) > 0) parts.push("database");
  if (await hasCovers(config.covers, signal)) parts.push("covers");
  if ((await listConfigFiles(config)).files.length > 0) parts.push("config");
  return parts;
}

/** The restore's own context, but the snapshot is not what the job makes, and its end is not the job's point of no return. */
function withinRestore(context: JobContext): JobContext {
  return {
    jobId: context.jobId,
    signal: context.signal,
    phase: (name, total) => context.phase(`snapshot_${name}`, total),
    advance: (bytes) => context.advance(bytes),
    reach: (done, total) => context.reach(done, total),
    use: (backupId) => context.use(backupId),
    made: (backupId) => context.use(backupId),
    warn: (notice) => context.warn(notice),
    commit: () => context.signal.throwIfAborted(),
  };
}
