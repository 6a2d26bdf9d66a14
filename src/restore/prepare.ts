import { dirname, join } from "node:path";
import { type Archive, openArchive } from "../archive/read.ts";
import { isAppError } from "../base/errors.ts";
import { utcTime } from "../base/clock.ts";
import { copyRawDatabase } from "../database/copy.ts";
import type { DatabaseWatch } from "../database/watch.ts";
import { fromOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { walk, type WalkedFile } from "../storage/walk.ts";
import { liveSchemaVersion } from "./apply_database.ts";
import { breathe } from "./breathe.ts";
import { CoverListWriter, type ListedCover, readCoverList } from "./cover_list.ts";
import { stagingOf } from "./cover_mounts.ts";
import { hashCover } from "./hash_cover.ts";
import type { RestoreHost } from "./host.ts";
import { type CoversStep, type DatabaseStep, type Journal, newRestoreId } from "./journal.ts";
import { isAsMarked } from "./live_covers.ts";
import { readLastRestore } from "./last_restore.ts";
import { atMoment } from "./moments.ts";
import { copyOld, type OldDatabase } from "./old_database.ts";
import type { RestorePlan } from "./plan.ts";
import type { StagedData } from "./stage.ts";
import { markCommitted, stagingPath } from "./staging.ts";
import { totalBytes } from "./stage.ts";
import { unpackEntry } from "./unpack.ts";

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
    coversFolder: plan.parts.includes("covers") ? host.config.covers : null,
    database: null,
    covers: null,
    config: [],
    applied: [],
    returned: [],
    bytes: totalBytes(plan),
    tries: 0,
    lastError: null,
    stuck: false,
  };
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
      await copyRawDatabase(live, join(journal.staging, "old.raw"), { signal: options.signal });
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
    old,
    back: null,
  };
}

async function hasChanged(watch: DatabaseWatch | null): Promise<boolean> {
  return watch === null || await watch.changed();
}

/**
 * Adds to the covers step the list of what was saved: from the snapshot, or from the live files themselves.
 *
 * A cover that was live already when the restore began, and was written to since, is staged now: the last moment
 * that an archive is needed.
 */
export async function prepareCovers(
  archive: Archive,
  journal: Journal,
  staged: NonNullable<StagedData["covers"]>,
  signal: AbortSignal,
): Promise<CoversStep> {
  const untouched = await stageTouched(archive, staged, signal);
  const record = join(staged.stagings[0]?.path ?? staged.folder, "saved.list");
  using writer = await CoverListWriter.create(record);
  if (journal.snapshot !== null) {
    await using archive = await openArchive(journal.snapshot.archive, { signal });
    for (const { path, size, sha256 } of (await archive.readMetadata())?.files ?? []) {
      if (path.startsWith("covers/")) await writer.add({ path: path.slice(7), size, sha256 });
    }
  } else {
    for await (const file of walk(staged.folder, { signal })) {
      // What nobody moves away need not be known again.
      if (file.kind !== "file" || untouched.has(file.relativePath)) continue;
      await breathe();
      const sha256 = await hashOrNull(file, signal);
      if (sha256 === null) continue;
      await writer.add({ path: file.relativePath, size: file.sizeBytes, sha256 });
    }
  }
  await writer.finish();
  return { ...staged, record };
}

/**
 * Looks at the covers that were to be left alone once more, and stages those that changed.
 *
 * @returns Those that are still to be left alone.
 */
async function stageTouched(
  archive: Archive,
  staged: NonNullable<StagedData["covers"]>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const untouched = new Set<string>();
  const touched = new Map<string, ListedCover>();
  for await (const cover of readCoverList(staged.list)) {
    await breathe();
    if (cover.untouched === undefined) continue;
    if (isAsMarked(join(staged.folder, cover.path), cover.untouched)) untouched.add(cover.path);
    else touched.set(cover.path, cover);
  }
  if (touched.size > 0) {
    await unpackTouched(archive, staged, touched, signal);
    await rewriteList(staged.list, touched);
  }
  return untouched;
}

async function unpackTouched(
  archive: Archive,
  { stagings }: NonNullable<StagedData["covers"]>,
  touched: ReadonlyMap<string, ListedCover>,
  signal: AbortSignal,
): Promise<void> {
  const folders = new Set<string>();
  for await (const entry of archive.entries({ signal })) {
    if (entry.part !== "covers") continue;
    const cover = touched.get(entry.path.slice("covers/".length));
    if (cover === undefined) continue;
    const root = stagingOf(stagings, cover.path).path;
    const path = join(root, "covers", cover.path);
    await unpackEntry(archive, entry, { path, expected: cover.sha256, signal, onBytes: () => {} });
    for (let at = dirname(path); at.length >= root.length; at = dirname(at)) folders.add(at);
  }
  for (const folder of folders) await syncFolder(folder);
}

/** The marks of `touched` go. The old list stays whole until the new one is. */
async function rewriteList(list: string, touched: ReadonlyMap<string, ListedCover>): Promise<void> {
  using writer = await CoverListWriter.create(`${list}.new`);
  for await (const { path, size, sha256, untouched } of readCoverList(list)) {
    const isLeftAlone = untouched !== undefined && !touched.has(path);
    await writer.add({ path, size, sha256, ...isLeftAlone ? { untouched } : {} });
  }
  await writer.finish();
  await Deno.rename(`${list}.new`, list);
  await syncFolder(dirname(list));
}

/** Says on every volume that takes part that the restore is committed; the journal follows. */
export async function markVolumes(journal: Journal): Promise<void> {
  await markCommitted(journal.staging);
  for (const { path } of journal.covers?.stagings ?? []) await markCommitted(path);
  atMoment("marked");
}

/** `null` for a cover that vanished: what is not in the record is never taken for saved. */
async function hashOrNull(file: WalkedFile, signal: AbortSignal): Promise<string | null> {
  try {
    return await hashCover(file.path, file.sizeBytes, signal);
  } catch (error) {
    const known = fromOsError(error, file.path);
    if (isAppError(known, "storage.missing")) return null;
    throw known;
  }
}
