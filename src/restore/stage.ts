import { basename, dirname, join } from "node:path";
import type { ArchiveEntry } from "../archive/read.ts";
import { repackedWarnings } from "../archive/repacked_warnings.ts";
import type { VerifyReport } from "../archive/verify.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import { copyDatabase } from "../database/copy.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import { readOrNull, sameBytes } from "./config_files.ts";
import { checkReport } from "./check_report.ts";
import type { ConfigTools, RestoreProgress } from "./host.ts";
import type { ConfigFile } from "./journal.ts";
import { type DatabaseJudgement, judgeDatabase, type Refusal } from "./judge_database.ts";
import { atMoment } from "./moments.ts";
import type { RestorePlan } from "./plan.ts";
import { type StagedFiles, stageFiles } from "./stage_files.ts";
import { exists } from "./staging.ts";
import { unpackArchive } from "./unpack_archive.ts";
import type { UnpackOrder } from "./unpack_content.ts";
import { type Unplaced, unplacedWarnings } from "./unplaced.ts";

/** What staging needs beside the plan. */
export interface StageOptions {
  readonly restoreId: string;
  /** The staging folder beside the live database. */
  readonly staging: string;
  readonly database: { readonly live: string; readonly migrations: string };
  readonly configTools: ConfigTools;
  /** When the restore began, by the system's clock. */
  readonly begunAt: number;
  readonly progress: RestoreProgress;
  readonly signal: AbortSignal;
  /** Called once the staging folders of the files exist. */
  readonly onFileStagings: (files: readonly StagedFiles[]) => Promise<void>;
}

/** The staged data: unpacked, checked and durable. Nothing live has changed. */
export interface StagedData {
  readonly database: { readonly path: string; readonly judgement: DatabaseJudgement } | null;
  readonly files: readonly StagedFiles[];
  readonly config: readonly ConfigFile[];
  /** This service's own configuration will change. */
  readonly restartRequired: boolean;
  readonly warnings: readonly Notice[];
}

/**
 * Verifies the archive, unpacks what is to be restored beside the live data in the same pass, checks it, and makes it
 * durable. What is unpacked counts for nothing until the whole archive has been found right.
 *
 * @throws {AppError} `restore.invalid_backup`, `restore.newer_schema`, `restore.needs_force`, `config.*`, `storage.*`;
 * the signal's reason.
 */
export async function stageRestore(
  plan: RestorePlan,
  options: StageOptions,
): Promise<StagedData> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const place = await prepareStaging(plan, { ...options, signal });
  const database = new StagedDatabase(plan, { ...options, signal });
  try {
    options.progress.phase("unpack", totalBytes(plan));
    const report = await unpack(plan, place, options, () => database.begin());
    checkReport(report, { acceptChanged: plan.order.force });
    const config = await asInvalid(() => adaptConfig(plan, options));
    const warnings = [...repackedWarnings(report), ...config.warnings];
    if (plan.parts.includes("database")) options.progress.phase("check_database");
    return { ...config, warnings, files: place.files, database: await database.finish() };
  } catch (error) {
    stop.abort(error);
    await database.settle();
    throw error;
  }
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
    plan.files.reduce((sum, { bytes }) => sum + bytes, 0) +
    plan.config.reduce((sum, { entry }) => sum + entry.size, 0);
}

/** Where everything goes. */
interface Place {
  readonly targets: ReadonlyMap<string, string>;
  readonly files: readonly StagedFiles[];
}

async function prepareStaging(plan: RestorePlan, options: StageOptions): Promise<Place> {
  const { staging } = options;
  const targets = new Map<string, string>();
  if (plan.database !== null && plan.order.databaseOverride === null) {
    targets.set(plan.database.path, databasePath(staging));
  }
  for (const { entry, name } of plan.config) targets.set(entry.path, join(staging, "config", name));
  return { targets, files: await stageFiles(plan, options) };
}

async function unpack(
  plan: RestorePlan,
  { targets, files }: Place,
  options: StageOptions,
  onDatabase: () => void,
): Promise<VerifyReport> {
  atMoment("unpacking");
  const { archive, expected } = plan.order;
  const order: UnpackOrder = {
    archive,
    targets,
    files: files.map(({ part, stagings, list, except }) => ({
      part,
      stagings,
      list,
      except,
      begunAt: options.begunAt,
      hasModes: plan.hasModes,
    })),
    acceptChanged: plan.order.force,
    durable: true,
    large: plan.large,
  };
  const report = await unpackArchive(order, {
    expected,
    totalBytes: plan.archiveBytes,
    signal: options.signal,
    onBytes: (bytes) => options.progress.advance(bytes),
    onFile: (path) => path === plan.database?.path && onDatabase(),
  });
  await syncFolder(options.staging);
  return report;
}

function databasePath(staging: string): string {
  return join(staging, "database", "library.db");
}

/** The database in staging, judged while other things are still being unpacked. */
class StagedDatabase {
  readonly #plan: RestorePlan;
  readonly #options: StageOptions;
  #judging: Promise<DatabaseJudgement> | null = null;

  constructor(plan: RestorePlan, options: StageOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /** The file is complete. */
  begin(): void {
    const { staging, database, signal } = this.#options;
    const path = databasePath(staging);
    const { order } = this.#plan;
    const isOwn = order.isOwn || order.force;
    const { upgradeSchema } = order;
    this.#judging = judgeDatabase(path, {
      ...database,
      countRows: false,
      isOwn,
      upgradeSchema,
      signal,
    });
    // Awaited below; what is wrong with the archive as a whole is told first.
    this.#judging.catch(() => {});
  }

  async finish(): Promise<StagedData["database"]> {
    const { parts, order } = this.#plan;
    if (!parts.includes("database")) return null;
    const path = databasePath(this.#options.staging);
    if (order.databaseOverride !== null) {
      await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await copyDatabase(order.databaseOverride, path, { signal: this.#options.signal });
      await syncFolder(dirname(path));
      this.begin();
    }
    if (this.#judging === null) throw new TypeError("there is no database to judge");
    const judgement = await this.#judging;
    throwRefusals(judgement.refusals, order.force);
    return { path, judgement };
  }

  /** Resolves when nobody uses the file any more. */
  async settle(): Promise<void> {
    await this.#judging?.catch(() => {});
  }
}

async function adaptConfig(
  plan: RestorePlan,
  options: StageOptions,
): Promise<Pick<StagedData, "config" | "restartRequired" | "warnings">> {
  const config: ConfigFile[] = [];
  const unplaced: Unplaced[] = [];
  let restartRequired = false;
  for (const { entry, name, target, isOurs } of plan.config) {
    const unpacked = join(options.staging, "config", name);
    if (!exists(unpacked)) {
      unplaced.push({ path: `config/${name}`, reason: "EINVAL" });
      continue;
    }
    const live = await readOrNull(target);
    const { staged, keepOld } = isOurs
      ? await adapt(unpacked, live, plan, options)
      : { staged: unpacked, keepOld: false };
    const old = live === null ? null : join(options.staging, "config-old", name);
    if (old !== null && live !== null) await save(old, live);
    if (isOurs && !sameBytes(await Deno.readFile(staged), live)) restartRequired = true;
    const marks = { ...keepOld ? { keepOld } : {}, ...newMode(plan, entry) };
    config.push({ name, target, staged, old, isOurs, ...marks });
  }
  for (const { name, target } of plan.removedConfig) {
    const live = await readOrNull(target);
    if (live === null) continue;
    const old = join(options.staging, "config-old", name);
    await save(old, live);
    restartRequired = true;
    config.push({ name, target, staged: null, old, isOurs: false });
  }
  return { config, restartRequired, warnings: unplacedWarnings(unplaced) };
}

/** The mode that the backup tells of a file, for when there is none to keep that of. */
export function newMode(plan: RestorePlan, entry: ArchiveEntry | null): { mode?: number } {
  const mode = entry?.mode ?? null;
  return plan.hasModes && mode !== null ? { mode } : {};
}

/** Gives our own configuration back the keys that stay this machine's, and proves that we would start with it. */
async function adapt(
  unpacked: string,
  live: Uint8Array | null,
  plan: RestorePlan,
  { configTools, staging, progress }: StageOptions,
): Promise<{ staged: string; keepOld: boolean }> {
  const backup = await Deno.readFile(unpacked);
  const { bytes, liveProblem } = configTools.adapt(backup, live, plan.order);
  if (liveProblem !== null) progress.warn(liveProblem);
  await configTools.check(bytes);
  const keepOld = liveProblem !== null;
  if (sameBytes(bytes, backup)) return { staged: unpacked, keepOld };
  const staged = join(staging, "config-merged", basename(unpacked));
  await save(staged, bytes);
  return { staged, keepOld };
}

async function save(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeAtomic(path, bytes);
}

/** What is wrong with the backup is told as such, whatever found it; that nothing is wrong with it, too. */
async function asInvalid<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isBackups = isAppError(error) && /^(?:archive|config)\./.test(error.code) &&
      error.code !== "config.not_separable";
    if (isBackups) {
      throw new AppError("restore.invalid_backup", { reason: error }, { cause: error });
    }
    throw error;
  }
}
