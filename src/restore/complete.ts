import { dirname, join } from "node:path";
import { utcTime } from "../base/clock.ts";
import { nameSome } from "../base/messages/name_some.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { changeMode, writeAtomic } from "../storage/write_atomic.ts";
import {
  type Applied,
  applyDatabase,
  isStillLive,
  UnknownPosition,
  wasInVain,
} from "./apply_database.ts";
import { applyConfig, type KeptFor, sameBytes } from "./config_files.ts";
import { identityOf } from "./database_marks.ts";
import { extraPatterns } from "./extra_files.ts";
import { shownName } from "./file_places.ts";
import type { RestoreHost, RestoreProgress } from "./host.ts";
import { type DatabaseStep, type Journal, type OpenJournal, volumeMissing } from "./journal.ts";
import {
  readLastRestore,
  removeUndoDatabases,
  undoDatabasePath,
  writeLastRestore,
} from "./last_restore.ts";
import { atMoment } from "./moments.ts";
import { settleFiles } from "./settle_files.ts";
import { exists, findStagings, freeName, isMarked, keptPath, removeStaging } from "./staging.ts";
import { removeIfEmpty, swapFiles } from "./swap_files.ts";
import { type Unplaced, unplacedWarnings, unremovedWarnings } from "./unplaced.ts";
import { walkFolders } from "./walk_folders.ts";

/** What completing a restore found worth telling. */
export interface RestoreReport {
  /** Files that the library added or changed meanwhile: see {@linkcode shownName}. */
  readonly kept: string[];
  readonly warnings: Notice[];
}

/**
 * Applies what the journal says is committed and not yet applied: database, covers, config last.
 *
 * Each step finds out whether it is done, and is recorded when it is. Ends in state `applied`. While covers and config
 * are put in place, SQLite still puts its log in order.
 *
 * @throws {AppError} Of the step that failed; the journal stays `committed`.
 */
export async function applyParts(
  journal: OpenJournal,
  host: RestoreHost,
  progress: RestoreProgress,
  report: RestoreReport,
): Promise<void> {
  if (!isMarked(journal.now.staging)) throw volumeMissing(journal.now.staging, "staging");
  const { database, applied } = journal.now;
  if (applied.includes("database")) await requireApplied(database);
  const { tidied } = database === null || applied.includes("database")
    ? { tidied: null }
    : await writeDatabase(journal, await prepareWrite(journal, database), host, progress);
  // Whichever fails, the other is not left at work.
  const outcomes = await Promise.allSettled([tidied, applyFiles(journal, progress, report)]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  await journal.update({ state: "applied" });
  atMoment("applied");
}

/**
 * Nothing of a restore may be cleared away while its database is gone: the staged one may be the only one.
 *
 * @throws {AppError} `restore.undecided`
 */
export async function requireApplied(database: DatabaseStep | null): Promise<void> {
  if (database === null || await isStillLive(database, database)) return;
  throw await UnknownPosition.at(database.live);
}

async function prepareWrite(journal: OpenJournal, database: DatabaseStep): Promise<DatabaseStep> {
  // A damaged one was emptied by then.
  if (database.isLiveDamaged || !await wasInVain(database)) return database;
  const fresh = { ...database, isBegun: false };
  await journal.update({ database: fresh });
  return fresh;
}

async function writeDatabase(
  journal: OpenJournal,
  database: DatabaseStep,
  host: RestoreHost,
  progress: RestoreProgress,
): Promise<Applied> {
  progress.phase("apply_database");
  const isNew = !exists(database.live);
  const written = await applyDatabase(database, {
    lockTimeoutMs: host.lockTimeoutMs,
    stallTimeoutMs: host.stallTimeoutMs,
    onBegin: () => journal.update({ database: { ...database, isBegun: true } }),
    onProgress: (done, total) => progress.reach(done, total),
  });
  if ((database.wasAbsent || isNew) && database.mode !== undefined) {
    await changeMode(database.live, database.mode);
  }
  await journal.update({
    applied: [...journal.now.applied, "database"],
    database: { ...database, isBegun: true, writtenTo: identityOf(database.live) },
  });
  atMoment("database_applied");
  return written;
}

async function applyFiles(
  journal: OpenJournal,
  progress: RestoreProgress,
  report: RestoreReport,
): Promise<void> {
  const { files, config, id } = journal.now;
  for (const step of files) {
    if (journal.now.applied.includes(step.part)) continue;
    progress.phase(`apply_${step.part}`, journal.now.bytes);
    const swapped = await swapFiles(step, id, (bytes) => progress.advance(bytes));
    const shown = (path: string) => shownName(step.part, path);
    const named = (file: Unplaced) => ({ ...file, path: shown(file.path) });
    report.kept.push(...swapped.kept.map(shown));
    report.warnings.push(
      ...linkWarnings(swapped.behindLinks.map(shown)),
      ...unplacedWarnings(swapped.unplaced.map(named)),
      ...unremovedWarnings(swapped.unremoved.map(named)),
    );
    await markApplied(journal, step.part);
    atMoment(`${step.part}_applied`);
  }
  if (config.length > 0 && !journal.now.applied.includes("config")) {
    progress.phase("apply_config");
    await applyConfig(config, (...file) => keepConfig(journal.now, report, ...file));
    await markApplied(journal, "config");
    atMoment("config_applied");
  }
}

/**
 * Ends an applied restore: sorts out what is kept, remembers it for undo, and cleans up.
 */
export async function finishApplied(
  journal: OpenJournal,
  host: RestoreHost,
  report: RestoreReport,
): Promise<void> {
  const { files, id } = journal.now;
  for (const step of files) {
    const kept = await settleFiles(step, id);
    report.kept.push(...kept.map((path) => shownName(step.part, path)));
  }
  atMoment("settled");
  await remember(journal.now, host, "done");
  await journal.update({ state: "done" });
  atMoment("done");
  await cleanUp(journal, host);
}

/** Removes what a restore that has ended leaves behind; the journal goes last. Repeatable. */
export async function cleanUp(journal: OpenJournal, host: RestoreHost): Promise<void> {
  const { state, staging, files, filesFolders, madeFolders, unmadeFolders, id } = journal.now;
  for (const { path } of files.flatMap(({ stagings }) => stagings)) await removeStaging(path);
  // Killed before the journal named them, staging folders may lie on any mount inside.
  if (files.length === 0) { for (const folder of filesFolders) await removeNested(folder, id); }
  await removeStaging(staging);
  const emptied = state === "done" ? unmadeFolders : madeFolders;
  for (const folder of emptied ?? []) await removeIfEmpty(folder);
  // Letting go writes a file: on a full disk there is room for it only now.
  await host.release(journal.now);
  atMoment("staging_removed");
  await journal.remove();
  atMoment("finished");
}

/** Records how the restore ended, beside the database, before its traces go. Repeatable. */
export async function remember(
  journal: Journal,
  host: RestoreHost,
  outcome: "done" | "rolled_back",
): Promise<void> {
  const folder = dirname(journal.staging);
  const last = await readLastRestore(folder);
  // Of a rollback that was resumed the record tells what is not true any more.
  const undoDatabase = last?.id === journal.id && last.outcome === outcome
    ? last.undoDatabase
    : await writeOutcome(journal, host, outcome);
  // By the folder, not by the record before this one: a kill after writing has already replaced that.
  await removeUndoDatabases(folder, undoDatabase);
  atMoment("recorded");
}

async function writeOutcome(
  journal: Journal,
  host: RestoreHost,
  outcome: "done" | "rolled_back",
): Promise<string | null> {
  const folder = dirname(journal.staging);
  const undoDatabase = outcome === "done" ? await keepForUndo(journal, folder) : null;
  const now = host.clock.now();
  const seconds = (now - Date.parse(journal.startedAt)) / 1000;
  await writeLastRestore(folder, {
    id: journal.id,
    sequence: journal.sequence,
    outcome,
    backupId: journal.backupId,
    snapshotId: journal.snapshot?.backupId ?? null,
    parts: journal.parts,
    jobId: journal.jobId,
    actor: journal.actor,
    finishedAt: utcTime(now),
    undoDatabase,
    createdConfig: journal.config.filter(({ old }) => old === null).map(({ name }) => name),
    madeFolders: journal.madeFolders ?? [],
    extraPaths: extraPatterns(host.config).texts,
    bytes: journal.bytes,
    seconds: seconds > 0 ? seconds : null,
  });
  atMoment("outcome_written");
  return undoDatabase;
}

/** Writes a copy of a config file that somebody changed while the restore ran. */
export async function keepConfig(
  journal: Journal,
  report: RestoreReport,
  name: string,
  bytes: Uint8Array,
  why: KeptFor,
): Promise<void> {
  const folder = join(keptPath(dirname(journal.staging), journal.id), "config");
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  // A step that fails is tried again, for as long as it takes: the same bytes get the same name.
  const kept = freeName(
    folder,
    name,
    (path) => exists(path) && !sameBytes(Deno.readFileSync(path), bytes),
  );
  await writeAtomic(kept, bytes);
  report.warnings.push(
    why === "changed"
      ? {
        zh: `配置文件 ${name} 在恢复期间被修改，修改后的内容保存为 ${kept}`,
        en:
          `The config file ${name} was changed during the restore; that version is kept as ${kept}`,
      }
      : {
        zh: `原有的配置文件 ${name} 无法读取，已由备份中的取代；原文件保存为 ${kept}`,
        en:
          `The config file ${name} could not be read and the backup's took its place; the old one is kept as ${kept}`,
      },
  );
}

async function markApplied(journal: OpenJournal, part: Part): Promise<void> {
  await journal.update({ applied: [...journal.now.applied, part] });
}

/** Undo wants the last state, and the snapshot was older. */
async function keepForUndo(journal: Journal, folder: string): Promise<string | null> {
  const old = journal.database?.old ?? null;
  if (old === null || journal.snapshot === null) return null;
  const path = undoDatabasePath(folder, journal.id);
  if (exists(old)) {
    await Deno.rename(old, path);
    await syncFolder(folder);
  }
  return exists(path) ? path : null;
}

async function removeNested(root: string, id: string): Promise<void> {
  if (!exists(root)) return;
  for await (const folder of walkFolders(await Deno.realPath(root))) {
    for (const staging of await findStagings(folder)) {
      if (staging.endsWith(id)) await removeStaging(staging);
    }
  }
}

function linkWarnings(paths: readonly string[]): Notice[] {
  if (paths.length === 0) return [];
  const { zh, en } = nameSome(paths);
  return [{
    zh: `符号链接和挂载点保持原样；${paths.length} 个文件因此未恢复: ${zh}`,
    en:
      `Symbolic links and mounts are left alone; ${paths.length} files in their place were not restored: ${en}`,
  }];
}
