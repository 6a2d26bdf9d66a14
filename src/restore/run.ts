import { dirname, join } from "node:path";
import type { Archive } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import { keepWorker, type SchemaUpgrade } from "../database/mod.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import { completeOrThrow } from "./complete_or_throw.ts";
import { ensureFolder } from "./ensure_folder.ts";
import type { RestoreHost, RestoreProgress } from "./host.ts";
import { refusePageSize } from "./judge_database.ts";
import { JournalFile, OpenJournal } from "./journal.ts";
import type { RestoreReport } from "./complete.ts";
import { atMoment } from "./moments.ts";
import { OldDatabase, watchIfSound } from "./old_database.ts";
import { openSound } from "./open_sound.ts";
import { planRestore, type RestoreOrder, type RestorePlan } from "./plan.ts";
import { prepareFiles } from "./prepare_files.ts";
import { markVolumes, newJournal, prepareDatabase, type TakenSnapshot } from "./prepare.ts";
import { type StagedData, stageRestore, throwRefusals } from "./stage.ts";
import { asStep } from "./stage_files.ts";
import { makeStaging } from "./staging.ts";

/** The job that a restore runs in. */
export interface RestoreJob extends RestoreProgress {
  readonly jobId: string;
  readonly actor: string;
  readonly signal: AbortSignal;
  /** From here on it cannot be cancelled; throws when it was already. */
  readonly commit: () => void;
  /** Saves the old state of these parts; `null` when there is nothing to save. */
  readonly takeSnapshot: (parts: readonly Part[]) => Promise<TakenSnapshot | null>;
  /** The journal names the snapshot now; it may be pinned. */
  readonly onSnapshot: (snapshot: TakenSnapshot) => Promise<void>;
}

/** What a restore that went through tells. */
export interface RestoreRun {
  readonly plan: RestorePlan;
  readonly snapshotId: string | null;
  readonly restartRequired: boolean;
  /** What was added to the database; `null`: nothing was tried. */
  readonly upgrade: SchemaUpgrade | null;
  /** What was known before it was applied. */
  readonly warnings: readonly Notice[];
  readonly report: RestoreReport;
}

/** What is known once a restore is committed. */
type Prepared = Pick<RestoreRun, "restartRequired" | "upgrade" | "warnings">;

/**
 * Restores a backup: checks, stages, saves the old state, commits, applies. The caller holds the lane.
 *
 * Until it commits, any failure, cancel or kill leaves the live data untouched; from there on, whatever stops it,
 * `recover()` brings it to its end.
 *
 * @throws {AppError} A refusal under its own code (RESTORE.md lists them); `restore.failed` once a snapshot was
 * taken, with `reason`, `snapshot_id` and `outcome`; the signal's reason.
 */
export async function runRestore(
  order: RestoreOrder,
  host: RestoreHost,
  job: RestoreJob,
): Promise<RestoreRun> {
  // Planning asks the live database; its thread starts while the archive is opened.
  using _asking = keepWorker();
  await using archive = await openSound(order, job.signal);
  const plan = await planRestore(archive, order, host.config, job.signal);
  throwRefusals(plan.refusals, order.force);
  for (const warning of plan.warnings) job.warn(warning);

  const folder = dirname(host.config.database.path);
  await ensureFolder(folder);
  const file = new JournalFile(folder);
  if ((await file.read()).kind !== "absent") throw new AppError("restore.in_progress");
  const first = await newJournal(host, plan, { jobId: job.jobId, actor: job.actor });
  const journal = new OpenJournal(file, first, host.onJournal);
  let prepared: Prepared;
  try {
    await journal.update({});
    atMoment("planned");
    prepared = await prepare(archive, plan, journal, host, job);
  } catch (error) {
    return await completeOrThrow(journal, host, job, error);
  }
  return {
    plan,
    snapshotId: journal.now.snapshot?.backupId ?? null,
    restartRequired: prepared.restartRequired,
    upgrade: prepared.upgrade,
    warnings: [...plan.warnings, ...prepared.warnings],
    report: await completeOrThrow(journal, host, job, null),
  };
}

/** Everything before the commit, and the commit. */
async function prepare(
  archive: Archive,
  plan: RestorePlan,
  journal: OpenJournal,
  host: RestoreHost,
  job: RestoreJob,
): Promise<Prepared> {
  const { signal } = job;
  const { staging } = journal.now;
  const live = host.config.database.path;
  const isSound = plan.parts.includes("database") && plan.live.databaseExists &&
    !plan.live.isDatabaseDamaged;
  await makeStaging(staging);
  await using old = isSound && !plan.order.createSnapshot
    ? await OldDatabase.begin(live, join(staging, "old.db"), signal)
    : null;
  const staged = await stageRestore(plan, {
    restoreId: journal.now.id,
    staging,
    database: { live, migrations: host.config.database.migrations },
    configTools: host.configTools,
    begunAt: host.clock.now(),
    progress: job,
    signal,
    onFileStagings: (files) =>
      journal.update({ files: files.map((part) => asStep(part, { record: "", exactIn: [] })) }),
  });
  atMoment("unpacked");
  const warnings = stagedWarnings(staged);
  for (const warning of warnings) job.warn(warning);
  await journal.update({ state: "staged", config: staged.config });
  atMoment("staged");

  // Before a snapshot that nobody would need. Without one, our own copying has the database open.
  if (staged.database !== null && plan.order.createSnapshot) {
    await refusePageSize(staged.database.judgement, { live, signal });
  }
  await using watch = isSound && plan.order.createSnapshot ? await watchIfSound(live) : null;
  if (plan.order.createSnapshot) await takeSnapshot(journal, job);
  await journal.update({ state: "saved" });
  atMoment("saved");
  signal.throwIfAborted();
  job.phase("prepare");
  const files = await prepareFiles(archive, journal.now, staged.files, {
    lacking: plan.lacking,
    signal,
  });
  const database = staged.database === null
    ? null
    : await prepareDatabase(host, journal.now, plan, staged.database, {
      watch: watch ?? old?.watch ?? null,
      old,
      signal,
    });
  await journal.update({ files, database });
  await markVolumes(journal.now);
  job.commit();
  await journal.update({ state: "committed" });
  atMoment("committed");
  const upgrade = staged.database?.judgement.upgrade ?? null;
  return { restartRequired: staged.restartRequired, upgrade, warnings };
}

function stagedWarnings({ files, database, warnings }: StagedData): readonly Notice[] {
  return [
    ...files.flatMap((part) => part.warnings),
    ...database?.judgement.warnings ?? [],
    ...warnings,
  ];
}

async function takeSnapshot(journal: OpenJournal, job: RestoreJob): Promise<void> {
  job.phase("snapshot");
  const snapshot = await job.takeSnapshot(journal.now.parts);
  atMoment("snapshot_taken");
  if (snapshot === null) return;
  await journal.update({ snapshot });
  await job.onSnapshot(snapshot);
}
