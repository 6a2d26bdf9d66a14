import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import type { JobContext } from "../jobs/types.ts";
import { databaseBytes } from "./estimate.ts";
import { hasCovers, hasExtraFiles, listConfigFiles } from "./library_files.ts";
import { makeBackup, type MakeServices } from "./make_backup.ts";

/** A snapshot taken before a restore. */
export interface TakenSnapshot {
  readonly backupId: string;
  /** The database was damaged and only its bytes were taken. */
  readonly raw: boolean;
  /** What it lacks, and the like. */
  readonly warnings: readonly Notice[];
}

/**
 * Saves what a restore will replace, inside that restore, before anything of it changes. What it leaves alone need not be
 * saved, nor even be readable.
 *
 * It is neither trap nor blocker: it prunes nothing, and a database too damaged to copy is saved as its bytes. Where
 * there was nothing, the snapshot is empty, and to go back to it is to take away what came.
 *
 * @param context The restore's: the snapshot shows as a phase of it and can be cancelled with it.
 * @param options `restoring`: the backup that is restored; `parts`: those of it; `libraryId`: whose the snapshot is,
 * when not what the library goes by.
 * @throws {AppError} as {@linkcode makeBackup}; `restore.no_snapshot` when the store cannot be written.
 */
export async function takeSnapshot(
  services: MakeServices,
  context: JobContext,
  { restoring, parts, libraryId }: {
    restoring: string;
    parts: readonly Part[];
    libraryId: string | null;
  },
): Promise<TakenSnapshot> {
  const includes = await partsThatExist(services, parts, context.signal);
  const { record, raw, warnings } = await makeBackup(services, withinRestore(context), {
    includes,
    description: `恢复前快照 (before restore ${restoring})`,
    kind: "snapshot",
    restoring,
    rawWhenDamaged: true,
    ...libraryId === null ? {} : { libraryId },
  }).catch(sayWhatHelps);
  return { backupId: record.backup_id, raw, warnings: warnings.map(ofSnapshot) };
}

/** A store that can only be read must not keep its backups from being restored. */
function sayWhatHelps(reason: unknown): never {
  if (!isAppError(reason, "storage.read_only", "storage.permission")) throw reason;
  throw new AppError("restore.no_snapshot", { reason }, { cause: reason });
}

function ofSnapshot({ zh, en }: Notice): Notice {
  return { zh: `恢复前快照: ${zh}`, en: `The snapshot of before: ${en}` };
}

async function partsThatExist(
  { config }: MakeServices,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<Part[]> {
  const exists: Record<Part, () => Promise<boolean>> = {
    database: async () => await databaseBytes(config.database.path) > 0,
    covers: () => hasCovers(config.covers, signal),
    config: async () => (await listConfigFiles(config)).files.length > 0,
    extra: () => hasExtraFiles(config, signal),
  };
  const existing: Part[] = [];
  for (const part of parts) if (await exists[part]()) existing.push(part);
  return existing;
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
    warn: (notice) => context.warn(ofSnapshot(notice)),
    commit: () => context.signal.throwIfAborted(),
  };
}
