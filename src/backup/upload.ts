import { join } from "node:path";
import { openArchive } from "../archive/read.ts";
import { repackedWarnings } from "../archive/repacked_warnings.ts";
import { verifyArchive, type VerifyReport } from "../archive/verify.ts";
import { explainProblems } from "../archive/verify_problem.ts";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { checkStranger } from "../database/mod.ts";
import type { JobContext, Jobs } from "../jobs/types.ts";
import { checkSpace, readFreeSpace } from "../storage/free_space.ts";
import { tryLockFile } from "../storage/lock_file.ts";
import { fromOsError } from "../storage/os_error.ts";
import { removeLeftovers, temporaryName } from "../storage/temporary.ts";
import { backupIdOf, isBackupId } from "./backup_id.ts";
import type { BackupRecord, Catalog } from "./catalog.ts";
import { explainSpace } from "./explain_space.ts";
import { extractEntry } from "./extract_entry.ts";
import { rebuildSidecar } from "./rebuild_sidecar.ts";
import { receiveUpload } from "./receive_upload.ts";
import { explainRefusal, refuseProblems } from "./refuse_upload.ts";
import { scratchFile } from "./scratch_file.ts";
import { quarantinePath } from "./tidy_store.ts";
import type { UploadRequest } from "./types.ts";

/** What an {@linkcode Uploader} needs. */
export interface UploaderOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly catalog: Catalog;
  /** How long a body may pause; default 60 s. */
  readonly idleMs?: number;
}

const IDLE_MS = 60_000;

/** Characters of a file's name that the history keeps. */
const NAME_LIMIT = 255;

/** A backup that was taken in. */
export interface TakenUpload {
  readonly record: BackupRecord;
  /** What another program did to it on its way. */
  readonly warnings: readonly Notice[];
}

/** How often, in bytes, the free space is looked at while a body of unknown size arrives. */
const SPACE_CHECK_BYTES = 64 * 1_048_576;

/**
 * Takes backups in from outside: received into quarantine, checked whole, then published.
 *
 * A list never shows what has not passed every check, nothing is ever overwritten, and whatever is refused or
 * breaks off leaves nothing behind.
 */
export class Uploader {
  readonly #options: UploaderOptions;
  /** Where a body stays until it has passed; in the store, so that publishing is a rename. */
  readonly #quarantine: string;

  constructor(options: UploaderOptions) {
    this.#options = options;
    this.#quarantine = quarantinePath(options.config.backup.path);
  }

  /**
   * Receives one backup, checks it and adds it to the list.
   *
   * Its id is the file name's, else the one its metadata names, else a new one.
   *
   * @throws {AppError} `upload.*`, `backup.exists`, `space.insufficient`, `storage.*`, `job.cancelled`,
   * `restore.in_progress`.
   */
  async upload(request: UploadRequest): Promise<TakenUpload> {
    const { jobs, log } = this.#options;
    try {
      await using _lock = await this.#enter();
      const { result } = await jobs.start(
        {
          kind: "upload",
          actor: request.actor,
          fileName: request.fileName?.slice(0, NAME_LIMIT) ?? null,
          exclusive: false,
          ...request.signal === undefined ? {} : { signal: request.signal },
        },
        (context) => this.#run(context, request),
      );
      const taken = await result;
      const { backup_id, file_size } = taken.record;
      log.info("backup.uploaded", { backup_id, file_size });
      return taken;
    } catch (error) {
      // Whoever still sends must not be left waiting for somebody to read; the first error is the one to tell.
      if (!request.body.locked) await request.body.cancel(error).catch(() => {});
      throw await explainSpace(error, this.#options, request.expectedBytes);
    }
  }

  /** One upload at a time, across processes: whoever is in may clear what a killed one left. */
  async #enter(): Promise<AsyncDisposable> {
    try {
      await Deno.mkdir(this.#quarantine, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fromOsError(error, this.#quarantine);
    }
    const lock = await tryLockFile(join(this.#quarantine, ".lock"));
    if (lock === null) throw new AppError("upload.busy");
    try {
      await removeLeftovers(this.#quarantine);
      return lock;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #run(context: JobContext, request: UploadRequest): Promise<TakenUpload> {
    await using received = scratchFile(temporaryName(join(this.#quarantine, "upload.zip")));
    context.phase("receive", request.expectedBytes);
    const size = await this.#receive(context, request, received.path);
    failPoint("upload.received");
    const { report, rows } = await this.#check(context, request, received.path, size);
    const warnings = repackedWarnings(report);
    for (const warning of warnings) context.warn(warning);
    failPoint("upload.checked");
    context.phase("publish");
    context.commit();
    const id = this.#chooseId(request.fileName, report);
    return { record: await this.#publish(id, received.path, report, rows), warnings };
  }

  async #receive(context: JobContext, request: UploadRequest, path: string): Promise<number> {
    const { config, idleMs = IDLE_MS } = this.#options;
    const { expectedBytes } = request;
    const limitBytes = request.isOwners === true ? Infinity : config.server.maxUploadBytes;
    if (expectedBytes !== null && expectedBytes > limitBytes) {
      throw new AppError("upload.too_large", { limit_bytes: limitBytes });
    }
    const room = { reserveBytes: config.backup.reserveBytes };
    await checkSpace(this.#quarantine, expectedBytes ?? 0, room);
    failPoint("upload.space_checked");
    let sinceCheck = 0;
    return await receiveUpload(request.body, path, {
      limitBytes,
      expectedBytes,
      idleMs,
      signal: context.signal,
      onBytes: async (bytes) => {
        context.advance(bytes);
        sinceCheck += bytes;
        if (sinceCheck < SPACE_CHECK_BYTES) return;
        sinceCheck = 0;
        await checkSpace(this.#quarantine, SPACE_CHECK_BYTES, room);
      },
    });
  }

  /** Reads the archive whole, then the database inside as a stranger's. */
  async #check(context: JobContext, request: UploadRequest, path: string, size: number) {
    try {
      context.phase("verify", size);
      const report = await verifyArchive(path, {
        signal: context.signal,
        onBytes: (bytes) => context.advance(bytes),
      });
      await refuseProblems(path, report, request);
      const rows = report.includes.includes("database")
        ? await this.#checkDatabase(context, request, path)
        : {};
      return { report, rows };
    } catch (error) {
      throw explainRefusal(error, request);
    }
  }

  async #checkDatabase(
    context: JobContext,
    { force = false, isOwners = false }: UploadRequest,
    path: string,
  ): Promise<Record<string, number>> {
    const { signal } = context;
    await using archive = await openArchive(path, { signal });
    const entry = await archive.find("database/library.db");
    if (entry === null) {
      throw new AppError("archive.missing_entry", { path: "database/library.db" });
    }
    const { reserveBytes } = this.#options.config.backup;
    await checkSpace(this.#quarantine, entry.size, { reserveBytes });
    context.phase("check_database", entry.size);
    await using copy = await extractEntry(archive, entry, {
      path: temporaryName(join(this.#quarantine, "library.db")),
      signal,
      onBytes: (bytes) => context.advance(bytes),
    });
    // A library may be larger than any limit that is made for strangers, and has to be taken in on a new machine.
    const own = isOwners || force;
    const { rows } = await checkStranger(copy.path, { name: entry.path, own, signal });
    return rows;
  }

  #chooseId(fileName: string | null, report: VerifyReport): string {
    const named = fileName === null ? null : backupIdOf(fileName);
    if (named !== null) return named;
    const inner = report.metadata?.backup_id;
    return inner !== undefined && isBackupId(inner) ? inner : this.#options.catalog.newId();
  }

  async #publish(
    id: string,
    path: string,
    report: VerifyReport,
    rows: Record<string, number>,
  ): Promise<BackupRecord> {
    const { catalog, clock, config } = this.#options;
    const { file_mtime_ms: _mtime, ...sidecar } = await rebuildSidecar(path, {
      backupId: id,
      size: report.size,
      modifiedAt: clock.now(),
      timeZone: config.timeZone,
    });
    const { freeBytes } = await readFreeSpace(catalog.folder);
    return await catalog.publish(path, {
      ...sidecar,
      checksum: report.md5,
      sha256: report.sha256,
      kind: "uploaded",
      unproven: false,
      ...report.valid
        ? { verified_at: utcTime(clock.now()) }
        : { error: noticeOf(explainProblems(report.problems)) },
      rows: Object.keys(sidecar.rows).length > 0 ? sidecar.rows : rows,
      free_bytes: freeBytes,
    });
  }
}
