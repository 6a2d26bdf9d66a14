import { dirname } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { removeLeftovers } from "../storage/temporary.ts";
import { driveToEnd } from "./drive.ts";
import { ExtraFiles } from "./extra_files.ts";
import { type RestoreHost, silentProgress } from "./host.ts";
import {
  BINDING_STATES,
  type Journal,
  JournalFile,
  OpenJournal,
  volumeMissing,
} from "./journal.ts";
import { readLastRestore } from "./last_restore.ts";
import { prepareResume, prepareRollBack } from "./resume.ts";
import { exists, findStagings, isMarked, removeStaging } from "./staging.ts";

/** What is on disk of an unfinished restore. */
export type Pending =
  | { readonly kind: "none" }
  | { readonly kind: "journal"; readonly journal: Journal; readonly binding: boolean }
  /** A person has to decide. */
  | { readonly kind: "stuck"; readonly journal: Journal | null; readonly reason: Notice }
  /** A volume may not be mounted; looked at again and again. */
  | { readonly kind: "missing"; readonly reason: Notice };

/**
 * Looks for an unfinished restore, without touching anything.
 *
 * @param options `markers: false` leaves out looking for a marker without a journal, which lists the covers: one file
 * read is left, cheap enough for every second.
 */
export async function findPending(
  host: RestoreHost,
  { markers = true }: { markers?: boolean } = {},
): Promise<Pending> {
  const folder = dirname(host.config.database.path);
  const reading = await new JournalFile(folder).read();
  if (reading.kind === "damaged") {
    const path = new JournalFile(folder).path;
    const error = new AppError("restore.journal_damaged", { path, found: reading.found });
    return { kind: "stuck", journal: null, reason: noticeOf(error) };
  }
  if (reading.kind === "found") {
    const { journal } = reading;
    if (journal.stuck) {
      return { kind: "stuck", journal, reason: journal.lastError ?? noticeOf(null) };
    }
    return { kind: "journal", journal, binding: BINDING_STATES.includes(journal.state) };
  }
  for (const staging of markers ? await allStagings(host) : []) {
    if (isMarked(staging)) {
      return { kind: "missing", reason: noticeOf(volumeMissing(staging, "journal")) };
    }
  }
  return { kind: "none" };
}

/**
 * Brings whatever restore was interrupted to its end: completed when it was committed, forgotten when it was not.
 * The caller holds the lane.
 *
 * @returns What is left: `none` when service may go on.
 */
export async function recover(host: RestoreHost): Promise<Pending> {
  const pending = await findPending(host);
  if (pending.kind === "none") {
    await removeLeftBehind(host);
    return pending;
  }
  if (pending.kind !== "journal") return pending;
  const folder = dirname(host.config.database.path);
  const file = new JournalFile(folder);
  const journal = new OpenJournal(file, pending.journal, host.onJournal);
  if (await isSuperseded(folder, pending.journal)) {
    await setAside(journal, file, host);
    return await findPending(host);
  }
  host.log.warn("restore.found_unfinished", {
    restore_id: pending.journal.id,
    state: pending.journal.state,
    backup_id: pending.journal.backupId,
  });
  await removeTemporaries(host);
  try {
    const { outcome, report } = await driveToEnd(journal, host, {
      progress: silentProgress,
      giveUpUnchanged: false,
    });
    host.log.warn("restore.settled", {
      restore_id: pending.journal.id,
      outcome,
      kept: report.kept,
      warnings: report.warnings,
    });
  } catch (error) {
    // It stays on disk, says why, and is tried again; ending the process would help nobody.
    host.log.error("restore.unfinished", { restore_id: pending.journal.id, error });
    return afterFailure(await findPending(host), journal, error);
  }
  return await findPending(host);
}

/**
 * Follows a person's decision about a restore that cannot get on by itself. The caller holds the lane.
 *
 * `resume` tries again to complete it: when the database was changed by somebody else since, it is overwritten
 * after a copy was kept. `rollback` brings the old state back. A journal that cannot be read, or a marker without
 * one, can only be set aside, by `rollback`: the staged data is kept under another name.
 *
 * @throws {AppError} `restore.not_pending`, `restore.journal_damaged`
 */
export async function resolvePending(
  host: RestoreHost,
  action: "resume" | "rollback",
): Promise<Pending> {
  const pending = await findPending(host);
  if (pending.kind === "none") throw new AppError("restore.not_pending");
  const file = new JournalFile(dirname(host.config.database.path));
  const journal = pending.kind === "journal" || pending.kind === "stuck" ? pending.journal : null;
  if (journal === null) {
    if (action === "resume") return await recover(host);
    if (pending.kind === "stuck") await file.setAside("damaged");
    await keepStagings(host);
    return await findPending(host);
  }
  const open = new OpenJournal(file, journal, host.onJournal);
  const isBinding = BINDING_STATES.includes(journal.state);
  // An applied restore only waits for being cleared up, unless its database is gone.
  const mayGoBack = isBinding && (journal.state !== "applied" || journal.stuck);
  if (mayGoBack && action === "rollback") {
    await prepareRollBack(open);
  } else if (isBinding && action === "resume") {
    await prepareResume(open);
  }
  return await recover(host);
}

/** Removes staging folders that no journal knows and no marker protects. */
async function removeLeftBehind(host: RestoreHost): Promise<void> {
  for (const staging of await allStagings(host)) {
    if (!isMarked(staging)) await removeStaging(staging);
  }
  await removeTemporaries(host);
}

/** What a killed `writeAtomic()` leaves in the folders that a restore writes to. */
async function removeTemporaries({ config }: RestoreHost): Promise<void> {
  const folders = new Set([dirname(config.database.path), config.root]);
  if (config.path !== null) folders.add(dirname(config.path));
  for (const folder of folders) await removeLeftovers(folder);
}

async function allStagings(host: RestoreHost): Promise<string[]> {
  const { config } = host;
  const extra = (await ExtraFiles.find(config)).folders.map(({ root }) => root);
  const folders = new Set([dirname(config.database.path), config.covers, ...extra]);
  const found: string[] = [];
  for (const folder of folders) found.push(...await findStagings(folder));
  return found;
}

/** A later restore has ended since: following this journal would undo it. */
async function isSuperseded(folder: string, journal: Journal): Promise<boolean> {
  const last = await readLastRestore(folder);
  return last !== null && last.id !== journal.id && last.sequence >= journal.sequence;
}

async function setAside(journal: OpenJournal, file: JournalFile, host: RestoreHost): Promise<void> {
  const { id, staging, files } = journal.now;
  await host.release(journal.now);
  for (const { path } of files.flatMap(({ stagings }) => stagings)) await keepStaging(path);
  await keepStaging(staging);
  const path = await file.setAside("superseded");
  host.onJournal(null);
  host.log.warn("restore.superseded", { restore_id: id, kept_as: path });
}

async function keepStagings(host: RestoreHost): Promise<void> {
  for (const staging of await allStagings(host)) await keepStaging(staging);
}

async function keepStaging(staging: string): Promise<void> {
  if (!exists(staging)) return;
  const kept = staging.replace(/\.restore-([0-9a-f]+)$/, ".restore-kept-$1-staging");
  await Deno.rename(staging, kept);
}

/** When not even the note of the failure could be written, what is known is told all the same. */
function afterFailure(found: Pending, journal: OpenJournal, error: unknown): Pending {
  if (found.kind !== "journal" || !isAppError(error)) return found;
  return { ...found, journal: { ...found.journal, lastError: journal.now.lastError } };
}
