import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../config/types.ts";
import { DatabaseSurvey } from "../database/mod.ts";
import type { Jobs, StartedJob } from "../jobs/types.ts";
import type { Catalog } from "./catalog.ts";
import { startCreate } from "./create.ts";
import { openForDownload } from "./download.ts";
import type { DrillHistory } from "./drill_history.ts";
import type { Restorer } from "./restore.ts";
import { leftOutWarnings } from "./left_out.ts";
import { listNotShown } from "./list_not_shown.ts";
import { confirmPruning, previewPruning } from "./prune.ts";
import { findNewestVerified } from "./retention.ts";
import type { PruneResult, RetentionPreview } from "./retention_types.ts";
import { readStats } from "./stats.ts";
import type {
  BackupDetail,
  BackupDocument,
  CreateRequest,
  CreateResult,
  Download,
  DrillOutcome,
  DrillResult,
  Manager,
  NotShown,
  RestorePreview,
  RestoreRequest,
  RestoreResult,
  RestoreStatus,
  StatsDocument,
  UndoRequest,
  UploadRequest,
  UploadResult,
  ValidateResult,
} from "./types.ts";
import type { Uploader } from "./upload.ts";
import { startValidate } from "./validate.ts";
import { startDrill } from "./drill.ts";

/** What the manager is built from. */
export interface ManagerServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly catalog: Catalog;
  readonly jobs: Jobs;
  readonly restorer: Restorer;
  readonly uploader: Uploader;
  readonly isAutoEnabled: () => boolean;
  readonly drills: DrillHistory;
}

/** The verbs of the product; each is a few lines over a file of its own. */
export class BackupManager implements Manager {
  readonly #services: ManagerServices;
  readonly #survey: DatabaseSurvey;

  constructor(services: ManagerServices) {
    this.#services = services;
    this.#survey = new DatabaseSurvey(services.config.database.path);
  }

  create(request: CreateRequest): Promise<StartedJob<CreateResult>> {
    return startCreate(this.#services, request);
  }

  async list(): Promise<BackupDocument[]> {
    // A disk that does not tell who uses what must not hide the backups; deleting one asks again.
    const inUse = await this.#services.jobs.inUse().catch((error) => {
      this.#services.log.warn("job.unreadable", { error });
      return new Set<string>();
    });
    const records = await this.#services.catalog.list();
    const own = records.filter(({ other_library }) => !other_library);
    const newest = findNewestVerified(own, this.#services.clock.now());
    return records.map((record) => ({
      ...record,
      newest_verified: record === newest,
      in_use: inUse.has(record.backup_id),
    }));
  }

  notShown(): NotShown[] {
    return listNotShown(this.#services.catalog.folder);
  }

  async get(backupId: string): Promise<BackupDetail> {
    const sidecar = await this.#services.catalog.sidecar(backupId);
    const { left_out = [], left_out_count = left_out.length } = sidecar;
    return {
      ...await this.#document(backupId),
      files: sidecar.files,
      left_out,
      left_out_count,
      warnings: sidecar.warnings ?? leftOutWarnings(left_out, left_out_count),
    };
  }

  validate(
    backupId: string,
    options: { actor: string; signal?: AbortSignal },
  ): Promise<StartedJob<ValidateResult>> {
    return startValidate(this.#services, backupId, options);
  }

  restore(request: RestoreRequest): Promise<StartedJob<RestoreResult>> {
    return this.#services.restorer.start(request);
  }

  previewRestore(request: RestoreRequest): Promise<RestorePreview> {
    return this.#services.restorer.preview(request);
  }

  undoRestore(request: UndoRequest): Promise<StartedJob<RestoreResult>> {
    return this.#services.restorer.undo(request);
  }

  resolveRestore(
    request: { action: "resume" | "rollback"; actor: string },
  ): Promise<RestoreStatus> {
    return this.#services.restorer.resolve(request);
  }

  restoreStatus(): RestoreStatus {
    return this.#services.restorer.status();
  }

  drill(
    request: { backupId?: string; actor: string; signal?: AbortSignal },
  ): Promise<StartedJob<DrillResult>> {
    const { drills } = this.#services;
    const recordDrill = (outcome: DrillOutcome) => drills.record(outcome);
    return startDrill({ ...this.#services, recordDrill }, request);
  }

  async remove(backupId: string, _options: { actor: string }): Promise<void> {
    const { catalog, jobs } = this.#services;
    const { pinned } = await catalog.get(backupId);
    if (pinned) throw new AppError("backup.pinned", { backup_id: backupId });
    if ((await jobs.inUse()).has(backupId)) {
      throw new AppError("backup.in_use", { backup_id: backupId });
    }
    await catalog.remove(backupId);
  }

  async update(
    backupId: string,
    change: { pinned?: boolean; description?: string },
    _options: { actor: string },
  ): Promise<BackupDocument> {
    await this.#services.catalog.update(backupId, change);
    return await this.#document(backupId);
  }

  async openDownload(backupId: string): Promise<Download> {
    const backup = await this.#services.catalog.get(backupId);
    return { ...await openForDownload(backup), backup };
  }

  async upload(request: UploadRequest): Promise<UploadResult> {
    const { record, warnings } = await this.#services.uploader.upload(request);
    const document = await this.#document(record.backup_id);
    return { message: "备份上传成功", ...document, warnings };
  }

  previewRetention(): Promise<RetentionPreview> {
    return previewPruning(this.#services);
  }

  confirmRetention(
    backupIds: readonly string[],
    _options: { actor: string },
  ): Promise<PruneResult> {
    return confirmPruning(this.#services, backupIds);
  }

  stats(): Promise<StatsDocument> {
    return readStats({ ...this.#services, survey: this.#survey });
  }

  async #document(backupId: string): Promise<BackupDocument> {
    await this.#services.catalog.get(backupId);
    const document = (await this.list()).find(({ backup_id }) => backup_id === backupId);
    if (document === undefined) throw new AppError("backup.not_found", { backup_id: backupId });
    return document;
  }
}
