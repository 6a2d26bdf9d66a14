import { basename, dirname, join } from "node:path";
import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Part } from "../config/types.ts";
import { copyDatabase } from "../database/copy.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import { readOrNull, sameBytes } from "./config_files.ts";
import { CoverListWriter } from "./cover_list.ts";
import { makeCoverStagings, stagingOf } from "./cover_mounts.ts";
import type { ConfigTools, RestoreProgress } from "./host.ts";
import type { ConfigFile, CoversStaging, CoversStep } from "./journal.ts";
import { type DatabaseJudgement, judgeDatabase, type Refusal } from "./judge_database.ts";
import { atMoment } from "./moments.ts";
import { ensureFolder, type RestorePlan } from "./plan.ts";
import { exists } from "./staging.ts";
import { forEachLimited, unpackEntry } from "./unpack.ts";

/** What staging needs beside the plan. */
export interface StageOptions {
  readonly restoreId: string;
  /** The staging folder beside the live database. */
  readonly staging: string;
  readonly database: { readonly live: string; readonly migrations: string };
  readonly coversFolder: string;
  readonly configTools: ConfigTools;
  /** SHA-256 by path, as the backup's metadata recorded them. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly progress: RestoreProgress;
  readonly signal: AbortSignal;
  /** Called once the staging folders of the covers exist. */
  readonly onCoverStagings: (stagings: readonly CoversStaging[]) => Promise<void>;
}

/** The staged data: unpacked, checked and durable. Nothing live has changed. */
export interface StagedData {
  readonly database: { readonly path: string; readonly judgement: DatabaseJudgement } | null;
  /** Without the record of saved covers, which comes with the snapshot. */
  readonly covers: Omit<CoversStep, "record"> | null;
  readonly config: readonly ConfigFile[];
  /** This service's own configuration will change. */
  readonly restartRequired: boolean;
}

/** Enough to keep a disk busy with flushing small files, and few enough open files. */
const COVERS_AT_ONCE = 16;

/**
 * Unpacks what is to be restored beside the live data, checks it, and makes it durable.
 *
 * @throws {AppError} `restore.invalid_backup`, `restore.newer_schema`, `restore.needs_force`, `config.*`, `storage.*`;
 * the signal's reason.
 */
export async function stageRestore(
  archive: Archive,
  plan: RestorePlan,
  options: StageOptions,
): Promise<StagedData> {
  options.progress.phase("unpack", totalBytes(plan));
  const config = await asInvalid(() => stageConfig(archive, plan, options));
  atMoment("unpacking");
  const database = plan.parts.includes("database")
    ? await stageDatabase(archive, plan, options)
    : null;
  const covers = plan.parts.includes("covers")
    ? await asInvalid(() => stageCovers(archive, plan, options))
    : null;
  await syncFolder(options.staging);
  return {
    database,
    covers,
    config: config.files,
    restartRequired: config.restartRequired,
  };
}

/** Throws the first refusal that stands: `force` lets some of them pass. */
export function throwRefusals(refusals: readonly Refusal[], force: boolean): void {
  const refusal = refusals.find((candidate) => !candidate.force || !force);
  if (refusal !== undefined) throw refusal.error;
}

/** Bytes that unpacking writes. */
export function totalBytes(plan: RestorePlan): number {
  const has = (part: Part) => plan.parts.includes(part);
  return (has("database") ? plan.database?.size ?? 0 : 0) +
    (has("covers") ? plan.covers.bytes : 0) +
    plan.config.reduce((sum, { entry }) => sum + entry.size, 0);
}

async function stageDatabase(
  archive: Archive,
  plan: RestorePlan,
  options: StageOptions,
): Promise<StagedData["database"]> {
  const { staging, signal, progress, database } = options;
  const path = join(staging, "database", "library.db");
  if (plan.order.databaseOverride !== null) {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyDatabase(plan.order.databaseOverride, path, { signal });
  } else if (plan.database !== null) {
    const entry = plan.database;
    await asInvalid(() => unpack(archive, entry, path, options));
  }
  await syncFolder(dirname(path));
  progress.phase("check_database");
  const judgement = await judgeDatabase(path, database.live, database.migrations, signal);
  throwRefusals(judgement.refusals, plan.order.force);
  return { path, judgement };
}

async function stageCovers(
  archive: Archive,
  plan: RestorePlan,
  options: StageOptions,
): Promise<Omit<CoversStep, "record">> {
  const { restoreId, signal, progress } = options;
  await ensureFolder(options.coversFolder);
  const folder = await Deno.realPath(options.coversFolder);
  const stagings = await makeCoverStagings(folder, restoreId, signal);
  await options.onCoverStagings(stagings);
  atMoment("staging_made");
  progress.phase("unpack_covers", plan.covers.bytes);
  const root = stagings[0]?.path ?? folder;
  const list = join(root, "covers.list");
  using writer = await CoverListWriter.create(list);
  const folders = new Set<string>();
  await forEachLimited(coversOf(archive, signal), COVERS_AT_ONCE, async (entry) => {
    const path = entry.path.slice("covers/".length);
    const staged = join(stagingOf(stagings, path).path, "covers", path);
    const { size, sha256 } = await unpack(archive, entry, staged, options);
    await writer.add({ path, size, sha256 });
    folders.add(dirname(staged));
  });
  await writer.finish();
  for (const made of folders) await syncFolder(made);
  for (const { path } of stagings) await syncFolder(path);
  return { folder, mode: plan.order.coversMode, stagings, list };
}

async function* coversOf(archive: Archive, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  for await (const entry of archive.entries({ signal })) {
    if (entry.part === "covers") yield entry;
  }
}

async function stageConfig(
  archive: Archive,
  plan: RestorePlan,
  options: StageOptions,
): Promise<{ files: ConfigFile[]; restartRequired: boolean }> {
  const files: ConfigFile[] = [];
  let restartRequired = false;
  for (const { entry, name, target, isOurs } of plan.config) {
    const unpacked = join(options.staging, "config", name);
    await unpack(archive, entry, unpacked, options);
    const live = await readOrNull(target);
    const staged = isOurs ? await adapt(unpacked, live, plan, options) : unpacked;
    const old = live === null ? null : join(options.staging, "config-old", name);
    if (old !== null && live !== null) await save(old, live);
    if (isOurs && !sameBytes(await Deno.readFile(staged), live)) restartRequired = true;
    files.push({ name, target, staged, old, isOurs });
  }
  if (exists(join(options.staging, "config"))) {
    await syncFolder(join(options.staging, "config"));
  }
  return { files, restartRequired };
}

/** Gives our own configuration back the keys that stay this machine's, and proves that we would start with it. */
async function adapt(
  unpacked: string,
  live: Uint8Array | null,
  plan: RestorePlan,
  { configTools, staging }: StageOptions,
): Promise<string> {
  const backupText = await Deno.readTextFile(unpacked);
  const liveText = live === null ? null : new TextDecoder().decode(live);
  const text = liveText === null || plan.order.machineKeys
    ? backupText
    : configTools.merge(backupText, liveText).text;
  await configTools.check(text);
  if (text === backupText) return unpacked;
  const merged = join(staging, "config-merged", basename(unpacked));
  await save(merged, new TextEncoder().encode(text));
  return merged;
}

async function save(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeAtomic(path, bytes);
}

async function unpack(
  archive: Archive,
  entry: ArchiveEntry,
  path: string,
  { hashes, signal, progress }: StageOptions,
) {
  return await unpackEntry(archive, entry, {
    path,
    expected: hashes.get(entry.path),
    signal,
    onBytes: (bytes) => progress.advance(bytes),
  });
}

/** What is wrong with the backup is told as such, whatever found it. */
async function asInvalid<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isBackups = isAppError(error) && /^(?:archive|config)\./.test(error.code);
    if (isBackups) {
      throw new AppError("restore.invalid_backup", { reason: error }, { cause: error });
    }
    throw error;
  }
}
