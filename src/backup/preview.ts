import { dirname, join } from "node:path";
import type { Archive } from "../archive/read.ts";
import { repackedWarnings } from "../archive/repacked_warnings.ts";
import type { VerifyReport } from "../archive/verify.ts";
import { isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { copyDatabase } from "../database/copy.ts";
import type { ConfigTools } from "../restore/host.ts";
import type { FilesPart } from "../restore/journal.ts";
import { type DatabaseJudgement, judgeDatabase, type Refusal } from "../restore/judge_database.ts";
import { readLastRestore } from "../restore/last_restore.ts";
import { openSound } from "../restore/open_sound.ts";
import { planRestore, type RestoreOrder, type RestorePlan } from "../restore/plan.ts";
import { canBeAccepted, findFault } from "../restore/check_report.ts";
import { namesOf } from "../restore/schema_direction.ts";
import { totalBytes } from "../restore/stage.ts";
import { unpackArchive } from "../restore/unpack_archive.ts";
import type { Catalog } from "./catalog.ts";
import { compareFiles } from "./compare_files.ts";
import { previewConfig } from "./preview_config.ts";
import { showUpgrade } from "./show_upgrade.ts";
import { openScratchFor, type Scratch } from "./scratch.ts";
import type { RestorePreview } from "./types.ts";

/** Tables and columns named at most. */
const MAX_NAMES = 500;

/** What a preview needs. */
export interface PreviewServices {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly configTools: ConfigTools;
}

/**
 * Tells what a restore would change, and why it would be refused, without changing anything.
 *
 * Reads the archive whole, unpacks its database into scratch beside the backups, and compares covers by content.
 *
 * @throws {AppError} `backup.part_missing`; the signal's reason. A backup that is bad is a refusal, not an error.
 */
export async function previewRestore(
  services: PreviewServices,
  order: RestoreOrder,
  signal: AbortSignal = new AbortController().signal,
): Promise<RestorePreview> {
  try {
    await using archive = await openSound(order, signal);
    return await previewSound(services, archive, order, signal);
  } catch (error) {
    if (isAppError(error, "restore.invalid_backup")) return refused(order, { error, force: false });
    if (isAppError(error, "restore.needs_force")) return refused(order, { error, force: true });
    throw error;
  }
}

async function previewSound(
  services: PreviewServices,
  archive: Archive,
  order: RestoreOrder,
  signal: AbortSignal,
): Promise<RestorePreview> {
  const { config } = services;
  const plan = await planRestore(archive, order, config, signal);
  const { lacking } = plan;
  await using scratch = plan.parts.includes("database")
    ? await openScratchFor(config, plan.database?.size ?? 0)
    : null;
  const report = await unpackDatabase(plan, scratch, signal);
  const fault = findFault(report);
  if (fault !== null && !canBeAccepted(report)) throw fault;
  const database = await previewDatabase(plan, config, scratch, signal);
  const settings = await previewConfig(archive, plan, services.configTools, signal);
  const compare = async (part: FilesPart) => {
    const files = plan.files.find((files) => files.part === part);
    return files === undefined ? null : await compareFiles(archive, files, {
      mode: order.coversMode,
      lacking,
      ignored: new Set(report.ignored),
      signal,
    });
  };
  const changed = fault === null ? [] : [{ error: fault, force: true }];
  const refusals = [
    ...changed,
    ...plan.refusals,
    ...database?.refusals ?? [],
    ...settings.refusals,
  ];
  return {
    backup_id: order.backupId,
    includes: plan.parts,
    allowed: refusals.every(({ force }) => force && order.force),
    refusals: refusals.map(showRefusal),
    warnings: [
      ...plan.warnings,
      ...repackedWarnings(report),
      ...settings.warnings,
      ...database?.warnings ?? [],
      ...lossWarnings(plan),
    ],
    tables: database === null ? [] : compareRows(database),
    covers: await compare("covers"),
    extra: await compare("extra"),
    config: settings.rows,
    schema: database === null ? null : showSchema(database),
    admins: database?.admins
      ? {
        added: database.admins.added,
        removed: database.admins.removed,
        password_changed: database.admins.passwordChanged,
      }
      : null,
    space: plan.space.map(({ volume, neededBytes, reserveBytes, freeBytes }) => ({
      volume,
      needed_bytes: neededBytes,
      reserve_bytes: reserveBytes,
      free_bytes: freeBytes,
    })),
    expected_seconds: await expectSeconds(services, order, plan),
  };
}

/** Verifies the archive, and unpacks its database when that is to be restored. */
async function unpackDatabase(
  plan: RestorePlan,
  scratch: Scratch | null,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { archive, expected, databaseOverride } = plan.order;
  const path = scratch === null ? null : databaseIn(scratch);
  const entry = databaseOverride === null ? plan.database : null;
  const targets = new Map(entry === null || path === null ? [] : [[entry.path, path]]);
  const order = { archive, targets, files: [], durable: false, large: plan.large };
  return await unpackArchive({ ...order, acceptChanged: true }, {
    expected,
    totalBytes: plan.archiveBytes,
    signal,
    onBytes: () => {},
    onFile: () => {},
  });
}

/** Judges the database that is to be restored. */
async function previewDatabase(
  { order }: RestorePlan,
  config: Config,
  scratch: Scratch | null,
  signal: AbortSignal,
): Promise<DatabaseJudgement | null> {
  if (scratch === null) return null;
  const { databaseOverride } = order;
  const path = databaseIn(scratch);
  if (databaseOverride !== null) {
    await Deno.mkdir(dirname(path));
    await copyDatabase(databaseOverride, path, { signal });
  }
  const { path: live, migrations } = config.database;
  const isOwn = order.isOwn || order.force;
  const { upgradeSchema } = order;
  return await judgeDatabase(path, {
    live,
    migrations,
    countRows: true,
    isOwn,
    upgradeSchema,
    signal,
  });
}

function databaseIn(scratch: Scratch): string {
  return join(scratch.path, "database", "library.db");
}

function refused(order: RestoreOrder, refusal: Refusal): RestorePreview {
  return {
    backup_id: order.backupId,
    includes: [...order.parts ?? []],
    allowed: false,
    refusals: [showRefusal(refusal)],
    warnings: [],
    tables: [],
    covers: null,
    extra: null,
    config: [],
    schema: null,
    admins: null,
    space: [],
    expected_seconds: null,
  };
}

function showSchema(
  { schema, upgrade }: DatabaseJudgement,
): NonNullable<RestorePreview["schema"]> {
  const { live, backup, direction, lacking } = schema;
  return {
    live,
    backup,
    direction,
    lacking: namesOf(lacking).slice(0, MAX_NAMES),
    upgrade: upgrade === null ? null : showUpgrade(upgrade),
  };
}

function showRefusal({ error, force }: Refusal): RestorePreview["refusals"][number] {
  return { code: error.code, detail: noticeOf(error), force };
}

function compareRows({ contents, live }: DatabaseJudgement): RestorePreview["tables"] {
  const names = new Set([...Object.keys(live?.rows ?? {}), ...Object.keys(contents.rows)]);
  return [...names].toSorted().map((name) => ({
    name,
    before: live?.rows[name] ?? null,
    after: contents.rows[name] ?? null,
  }));
}

function lossWarnings(plan: RestorePlan): Notice[] {
  if (!plan.parts.includes("database")) return [];
  return [{
    zh: "恢复提交前最后几秒内书库写入的数据会丢失；请先停止使用书库",
    en:
      "What the library writes in the last seconds before the restore is committed is lost; stop using it first",
  }];
}

/** From the last restore of any size, scaled; else from this backup's last drill. */
async function expectSeconds(
  { config, catalog }: PreviewServices,
  order: RestoreOrder,
  plan: RestorePlan,
): Promise<number | null> {
  const last = await readLastRestore(dirname(config.database.path));
  if (last !== null && last.seconds !== null && last.bytes > 0) {
    return Math.max(1, Math.round(last.seconds * totalBytes(plan) / last.bytes));
  }
  const { drill } = await catalog.get(order.backupId);
  return drill?.result === "passed" ? Math.max(1, Math.round(drill.duration_seconds)) : null;
}
