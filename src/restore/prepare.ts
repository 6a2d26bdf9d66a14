import { dirname, join } from "node:path";
import { utcTime } from "../base/clock.ts";
import type { DatabaseWatch } from "../database/watch.ts";
import { liveSchemaVersion } from "./apply_database.ts";
import type { RestoreHost } from "./host.ts";
import { type DatabaseStep, type Journal, newRestoreId } from "./journal.ts";
import { readLastRestore } from "./last_restore.ts";
import { atMoment } from "./moments.ts";
import { rawPath } from "./keep_database.ts";
import { copyOld, type OldDatabase } from "./old_database.ts";
import type { RestorePlan } from "./plan.ts";
import { copyRaw } from "./raw_copy.ts";
import type { StagedData } from "./stage.ts";
import { exists, markCommitted, stagingPath } from "./staging.ts";
import { newMode, totalBytes } from "./stage.ts";

/** The snapshot that was taken of the old state. */
export interface TakenSnapshot {
  readonly backupId: string;
  /** Path of its ZIP. */
  readonly archive: string;
  /** It holds the bytes of a database too damaged to copy. */
  readonly raw: boolean;
}

/** The first journal of a restore: nothing exists yet but the intention. */
export async function newJournal(
  host: RestoreHost,
  plan: RestorePlan,
  job: { jobId: string; actor: string },
): Promise<Journal> {
  const folder = dirname(host.config.database.path);
  const last = await readLastRestore(folder);
  const id = newRestoreId();
  return {
    id,
    sequence: (last?.sequence ?? 0) + 1,
    state: "planned",
    backupId: plan.order.backupId,
    parts: plan.parts,
    ...job,
    startedAt: utcTime(host.clock.now()),
    snapshot: null,
    staging: stagingPath(folder, id),
    filesFolders: plan.files.flatMap(({ folders }) => folders.map(({ path }) => path)),
    madeFolders: missingFolders(plan),
    unmadeFolders: plan.order.undoes?.madeFolders ?? [],
    database: null,
    files: [],
    config: [],
    applied: [],
    returned: [],
    bytes: totalBytes(plan),
    tries: 0,
    lastError: null,
    stuck: false,
  };
}

function missingFolders(plan: RestorePlan): string[] {
  const missing = new Set<string>();
  for (const { path } of plan.files.flatMap(({ folders }) => folders)) {
    for (let at = path; !exists(at); at = dirname(at)) missing.add(at);
  }
  return [...missing].toSorted((a, b) => b.length - a.length);
}

/**
 * Makes the database step: what is needed to apply it, to know whether it was applied, and to go back.
 *
 * @param options `watch`: since the snapshot, or since the copy `old` without one; `null`: nobody could.
 */
export async function prepareDatabase(
  host: RestoreHost,
  journal: Journal,
  plan: RestorePlan,
  staged: NonNullable<StagedData["database"]>,
  options: {
    watch: DatabaseWatch | null;
    old: OldDatabase | null;
    signal: AbortSignal;
  },
): Promise<DatabaseStep> {
  const live = host.config.database.path;
  const { isDatabaseDamaged, databaseExists } = plan.live;
  let old: string | null = null;
  if (databaseExists && isDatabaseDamaged) {
    if (journal.snapshot === null) {
      await copyRaw(live, rawPath(journal.staging), { signal: options.signal });
    }
  } else if (databaseExists && journal.snapshot === null && options.old !== null) {
    old = await options.old.take();
  } else if (databaseExists && (journal.snapshot === null || await hasChanged(options.watch))) {
    old = await copyOld(live, join(journal.staging, "old.db"), { signal: options.signal });
  }
  atMoment("old_copied");
  const version = options.watch?.schemaVersion() ?? await liveSchemaVersion(live);
  return {
    live,
    staged: staged.path,
    schemaHash: staged.judgement.contents.schemaHash,
    schemaVersion: version ?? 0,
    isBegun: false,
    isLiveOld: true,
    isLiveDamaged: version === null,
    wasAbsent: !databaseExists,
    wasDamaged: version === null,
    writtenTo: null,
    ...newMode(plan, plan.database),
    old,
    back: null,
  };
}

async function hasChanged(watch: DatabaseWatch | null): Promise<boolean> {
  return watch === null || await watch.changed();
}

/** Says on every volume that takes part that the restore is committed; the journal follows. */
export async function markVolumes(journal: Journal): Promise<void> {
  await markCommitted(journal.staging);
  for (const { path } of journal.files.flatMap(({ stagings }) => stagings)) {
    await markCommitted(path);
  }
  atMoment("marked");
}
