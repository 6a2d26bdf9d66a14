import { DATABASE_PATH } from "../archive/entry_path.ts";
import type { ArchiveEntry } from "../archive/read.ts";
import { join } from "node:path";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type Language, type Notice, noticeOf } from "../base/messages/mod.ts";
import { nameSome } from "../base/messages/name_some.ts";
import type { Config } from "../config/types.ts";
import { checkDatabase } from "../database/check.ts";
import { readContents } from "../database/contents.ts";
import { passedOverNotices } from "../database/mod.ts";
import type { JobContext, Jobs, StartedJob } from "../jobs/types.ts";
import { checkReport } from "../restore/check_report.ts";
import { openSound } from "../restore/open_sound.ts";
import type { RestoreOrder } from "../restore/plan.ts";
import { asLarge, unpackArchive } from "../restore/unpack_archive.ts";
import type { LargeEntry } from "../restore/unpack_content.ts";
import { checkSpace } from "../storage/free_space.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { expectedHashes } from "./expected_hashes.ts";
import { isOwn } from "./is_own.ts";
import { openScratch } from "./scratch.ts";
import type { DrillOutcome, DrillResult } from "./types.ts";

/** What a drill needs. */
export interface DrillServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalog: Catalog;
  readonly jobs: Jobs;
  /** Keeps the outcome where statistics find it. */
  readonly recordDrill: (outcome: DrillOutcome) => Promise<void>;
}

const SEVERITY = ["passed", "error", "failed"] as const;

/**
 * Starts a restore drill: restores backups into scratch and checks all there is to check. Never touches live data.
 *
 * Without `backupId` the newest backup and one older, the one whose last drill is longest ago.
 *
 * @throws {AppError} `backup.not_found`, `job.busy`, `restore.in_progress`
 */
export async function startDrill(
  services: DrillServices,
  request: { backupId?: string; actor: string; signal?: AbortSignal },
): Promise<StartedJob<DrillResult>> {
  const chosen = request.backupId === undefined
    ? chooseForDrill(await services.catalog.list())
    : [await services.catalog.get(request.backupId)];
  const { actor, signal } = request;
  const first = chosen[0] === undefined ? {} : { backupId: chosen[0].backup_id };
  return await services.jobs.start(
    { kind: "drill", actor, ...first, ...signal === undefined ? {} : { signal } },
    (context) => runDrills(services, context, chosen),
  );
}

/** The newest backup that is not known to be damaged, and among the others the one drilled longest ago. */
export function chooseForDrill(backups: readonly BackupRecord[]): BackupRecord[] {
  const sound = backups.filter(({ state, kind, other_library }) =>
    state === "ok" && kind !== "snapshot" && !other_library
  );
  const [newest, ...older] = sound;
  if (newest === undefined) return [];
  const drilledAt = (backup: BackupRecord) => backup.drill?.at ?? "";
  const next = older.toSorted((a, b) => drilledAt(a).localeCompare(drilledAt(b)))[0];
  return next === undefined ? [newest] : [newest, next];
}

async function runDrills(
  services: DrillServices,
  context: JobContext,
  chosen: readonly BackupRecord[],
): Promise<DrillResult> {
  const { clock, log, catalog, recordDrill } = services;
  const startedAt = clock.elapsed();
  if (chosen.length === 0) {
    throw new AppError("drill.failed", { reason: new AppError("backup.not_found") });
  }
  const outcomes: DrillOutcome[] = [];
  for (const backup of chosen) {
    context.use(backup.backup_id);
    const outcome = await drillOne(services, context, backup);
    outcomes.push(outcome);
    const write = outcome.result === "passed" ? log.info : log.failure;
    write("drill.ended", {
      backup_id: backup.backup_id,
      result: outcome.result,
      detail: outcome.detail,
    });
    await catalog.update(backup.backup_id, { drill: outcome })
      .catch((error) => log.warn("drill.unsaved", { backup_id: backup.backup_id, error }));
  }
  const worst =
    outcomes.toSorted((a, b) => SEVERITY.indexOf(b.result) - SEVERITY.indexOf(a.result))[0];
  if (worst !== undefined) await recordDrill(worst);
  return {
    result: worst?.result ?? "error",
    outcomes,
    duration_seconds: seconds(clock.elapsed() - startedAt),
  };
}

async function drillOne(
  services: DrillServices,
  context: JobContext,
  backup: BackupRecord,
): Promise<DrillOutcome> {
  const { clock } = services;
  const startedAt = clock.elapsed();
  const finish = (result: DrillOutcome["result"], detail: Notice | null): DrillOutcome => ({
    backup_id: backup.backup_id,
    result,
    at: utcTime(clock.now()),
    duration_seconds: seconds(clock.elapsed() - startedAt),
    detail,
  });
  try {
    return finish("passed", await restoreIntoScratch(services, context, backup));
  } catch (error) {
    context.signal.throwIfAborted();
    const isBackups = isAppError(error) &&
      /^(?:archive\.|restore\.invalid|database\.(?:damaged|not_sqlite|hostile)|drill\.)/
        .test(error.code);
    return finish(isBackups ? "failed" : "error", noticeOf(error));
  }
}

/** @returns Something worth telling although it passed. */
async function restoreIntoScratch(
  { config }: DrillServices,
  context: JobContext,
  backup: BackupRecord,
): Promise<Notice | null> {
  const { signal } = context;
  const expected = expectedHashes(backup);
  const { bytes, count, large } = await measure({ archive: backup.file_path, expected }, signal);
  await checkSpace(config.backup.path, bytes + count * 4096, {
    reserveBytes: config.backup.reserveBytes,
  });
  await using scratch = await openScratch(config.backup.path);
  context.phase("unpack", bytes);
  const refused: string[] = [];
  const report = await unpackArchive({
    archive: backup.file_path,
    targets: new Map(),
    others: join(scratch.path, "files"),
    files: [],
    durable: false,
    large,
  }, {
    expected,
    totalBytes: bytes,
    signal,
    onBytes: (bytes) => context.advance(bytes),
    onFile: () => {},
    onRefused: (path) => void refused.push(path),
  });
  checkReport(report);
  const notices = unplacedNotices(refused);
  if (!report.includes.includes("database")) return joined(notices);
  context.phase("check_database");
  const recorded = Object.keys(backup.rows).length > 0 ? backup.rows : report.metadata?.rows;
  const path = join(scratch.path, "files", "database", "library.db");
  const own = isOwn(backup);
  return joined([...notices, ...await checkRestored(path, recorded ?? {}, { own, signal })]);
}

async function measure(
  backup: { archive: string; expected: RestoreOrder["expected"] },
  signal: AbortSignal,
): Promise<{ bytes: number; count: number; large: LargeEntry | null }> {
  await using archive = await openSound(backup, signal);
  let [bytes, count] = [0, 0];
  let database: ArchiveEntry | null = null;
  for await (const entry of archive.entries({ signal })) {
    bytes += entry.size;
    count += 1;
    if (entry.path === DATABASE_PATH) database = entry;
  }
  return { bytes, count, large: asLarge(archive, database) };
}

async function checkRestored(
  path: string,
  recorded: Readonly<Record<string, number>>,
  { own, signal }: { own: boolean; signal: AbortSignal },
): Promise<Notice[]> {
  const { ok, problems, violations, passedOver } = await checkDatabase(path, {
    stranger: true,
    own,
    level: "full",
    foreignKeys: true,
    signal,
  });
  if (!ok) {
    const found = problems.slice(0, 5).join("; ");
    throw new AppError("database.damaged", { path: "database/library.db", found });
  }
  const { rows } = await readContents(path, { stranger: true, own, isChecked: true, signal });
  const wrong = Object.entries(recorded).filter(([table, count]) => rows[table] !== count)
    .map(([table, count]) => `${table}: ${rows[table] ?? 0} ≠ ${count}`);
  if (wrong.length > 0) {
    throw new AppError("drill.failed", { reason: wrong.slice(0, 10).join("; ") });
  }
  return [...keyNotices(violations), ...passedOverNotices(passedOver)];
}

function keyNotices(violations: readonly string[]): Notice[] {
  if (violations.length === 0) return [];
  const first = violations.slice(0, 3).join("; ");
  return [{
    zh: `数据库中有 ${violations.length} 处外键指向不存在的行（备份时即如此）: ${first}`,
    en:
      `${violations.length} foreign keys in the database point nowhere (as when it was backed up): ${first}`,
  }];
}

/** Where the backups are on a disk that does not take a name, its file is read and compared, and not written. */
function unplacedNotices(paths: readonly string[]): Notice[] {
  if (paths.length === 0) return [];
  const { zh, en } = nameSome(paths);
  return [{
    zh: `备份所在的磁盘不接受以下文件名，只核对了内容: ${zh}`,
    en:
      `The disk of the backups does not take these names; the files were compared, not written: ${en}`,
  }];
}

function joined(notices: readonly Notice[]): Notice | null {
  if (notices.length === 0) return null;
  const say = (language: Language) => notices.map((notice) => notice[language]).join("; ");
  return { zh: say("zh"), en: say("en") };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
