import { join } from "node:path";
import { Slots } from "../archive/slots.ts";
import { type Clock, stampTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Logger } from "../base/log.ts";
import { fromOsError } from "../storage/os_error.ts";
import { publishFile, syncFolder } from "../storage/publish_file.ts";
import { temporaryName } from "../storage/temporary.ts";
import { backupIdOf, checkBackupId } from "./backup_id.ts";
import { rebuildSidecar } from "./rebuild_sidecar.ts";
import { readSidecar, type Sidecar, writeSidecar } from "./sidecar.ts";
import type { BackupDocument } from "./types.ts";

/** A backup in the folder: its document, and what only this service needs. */
export interface BackupRecord extends Omit<BackupDocument, "in_use"> {
  readonly symlinks: readonly string[];
  /** Bytes free on the store's volume when it was made. */
  readonly free_bytes: number | null;
  /** For a snapshot: the backup whose restore it was taken for. */
  readonly restoring: string | null;
}

/** What may change about a backup after it was made. */
export type SidecarChanges = Partial<
  Pick<
    Sidecar,
    | "pinned"
    | "description"
    | "verified_at"
    | "error"
    | "checksum"
    | "sha256"
    | "drill"
    | "includes"
  >
>;

/** What a {@linkcode Catalog} needs. */
export interface CatalogOptions {
  /** The folder of backups. */
  readonly folder: string;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Permissions of archives and sidecars. */
  readonly fileMode: number;
}

/** Two processes that change one sidecar at the same time do so rarely, and never for long. */
const UPDATE_TRIES = 3;

/** Sidecars read or made anew at a time, each of which may hold a large list of files. */
const LOADED_AT_ONCE = 4;

interface Known {
  readonly stamp: string;
  readonly record: BackupRecord;
}

/**
 * Knows what is in the folder of backups.
 *
 * The ZIP files are the truth; sidecars and this object's memory are caches, used only while size and
 * modification time agree. A listing costs one `stat` for each file and opens a ZIP only when its sidecar is
 * absent or no longer fits.
 */
export class Catalog {
  readonly folder: string;
  readonly #options: CatalogOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: CatalogOptions) {
    this.folder = options.folder;
    this.#options = options;
  }

  /** Lists every backup, newest first by `created_at_utc`; a damaged ZIP is listed as such. */
  async list(): Promise<BackupRecord[]> {
    const ids = this.#ids();
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const known = [...ids].map((id) => ({ id, record: this.#look(id).known }));
    const slots = new Slots(LOADED_AT_ONCE);
    const loaded = await Promise.all(
      known.filter(({ record }) => record === null).map(async ({ id }) => {
        using _slot = await slots.acquire();
        return await this.#load(id);
      }),
    );
    const records = [...known.map(({ record }) => record), ...loaded];
    return records.filter((record) => record !== null).sort((a, b) =>
      compareText(b.created_at_utc, a.created_at_utc) || compareText(b.backup_id, a.backup_id)
    );
  }

  /** @throws {AppError} `backup.not_found` */
  async get(backupId: string): Promise<BackupRecord> {
    return await this.#get(backupId);
  }

  /**
   * The complete metadata of one backup, its list of files included.
   *
   * @throws {AppError} `backup.not_found`
   */
  async sidecar(backupId: string): Promise<Sidecar> {
    await this.get(backupId);
    const sidecar = await readSidecar(this.sidecarPath(backupId));
    return sidecar ?? await this.#rebuild(backupId, statOrNull(this.zipPath(backupId)));
  }

  /**
   * Records a change beside the ZIP.
   *
   * @throws {AppError} `backup.not_found`, `storage.*`
   */
  async update(backupId: string, changes: SidecarChanges): Promise<BackupRecord> {
    for (let tries = 1;; tries++) {
      const sidecar = { ...await this.sidecar(backupId), ...changes };
      try {
        await writeSidecar(this.sidecarPath(backupId), sidecar, this.#options.fileMode);
        return await this.#get(backupId, sidecar);
      } catch (error) {
        // Its files are copied from the old one, which another process may have replaced meanwhile.
        if (tries === UPDATE_TRIES || !isAppError(error, "storage.failed")) throw error;
      }
    }
  }

  /** An id for a backup made now: local time, with `_2`, `_3` … when it is taken. */
  newId(): string {
    const base = `backup_${stampTime(this.#options.clock.now(), this.#options.timeZone)}`;
    const ids = this.#ids();
    if (!ids.has(base)) return base;
    let number = 2;
    while (ids.has(`${base}_${number}`)) number += 1;
    return `${base}_${number}`;
  }

  /** A name in the folder for an archive that is being written; no listing shows it. */
  temporaryPath(backupId: string): string {
    return temporaryName(this.zipPath(backupId));
  }

  /**
   * Makes a finished archive a backup: whole under its final name, or not at all.
   *
   * The sidecar goes first: a listing that meets the ZIP then never takes it for a stranger's.
   *
   * @param temporary The archive, in the folder.
   * @param sidecar Its metadata; the file's modification time is filled in here.
   * @throws {AppError} `backup.exists`, `storage.*`
   */
  async publish(temporary: string, sidecar: Omit<Sidecar, "file_mtime_ms">): Promise<BackupRecord> {
    const id = checkBackupId(sidecar.backup_id);
    if (statOrNull(this.zipPath(id)) !== null) {
      throw new AppError("backup.exists", { backup_id: id });
    }
    let written: Sidecar;
    try {
      await Deno.chmod(temporary, this.#options.fileMode).catch(ignoreUnsupported);
      const { mtime } = await Deno.stat(temporary);
      written = { ...sidecar, file_mtime_ms: mtime?.getTime() ?? 0 };
      await writeSidecar(this.sidecarPath(id), written, this.#options.fileMode);
      failPoint("publish.sidecar_written");
      await publishFile(temporary, this.zipPath(id));
      failPoint("publish.published");
    } catch (error) {
      const known = fromOsError(error, this.zipPath(id));
      if (statOrNull(this.zipPath(id)) === null) {
        await Deno.remove(this.sidecarPath(id)).catch(ignoreMissing);
      }
      if (known instanceof AppError && known.code === "storage.exists") {
        throw new AppError("backup.exists", { backup_id: id }, { cause: error });
      }
      throw known;
    }
    return await this.#get(id, written);
  }

  /**
   * Deletes a backup: the ZIP first, so that no kill leaves a ZIP that claims less than it is.
   *
   * @throws {AppError} `backup.not_found`, `storage.*`
   */
  async remove(backupId: string): Promise<void> {
    try {
      await Deno.remove(this.zipPath(checkBackupId(backupId)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new AppError("backup.not_found", { backup_id: backupId }, { cause: error });
      }
      throw fromOsError(error, this.zipPath(backupId));
    }
    this.#known.delete(backupId);
    failPoint("catalog.zip_removed");
    await Deno.remove(this.sidecarPath(backupId)).catch(ignoreMissing);
    await syncFolder(this.folder);
  }

  /** Removes sidecars whose ZIP was never published or is gone; only with the lane held. */
  async removeOrphans(): Promise<void> {
    const ids = this.#ids();
    for await (const entry of Deno.readDir(this.folder)) {
      const id = entry.name.endsWith(".json")
        ? backupIdOf(entry.name.replace(/json$/, "zip"))
        : null;
      if (id === null || ids.has(id) || await readSidecar(this.sidecarPath(id)) === null) continue;
      await Deno.remove(this.sidecarPath(id)).catch(ignoreMissing);
    }
  }

  /** Where the archive of an id is. */
  zipPath(backupId: string): string {
    return join(this.folder, `${checkBackupId(backupId)}.zip`);
  }

  /** Where the sidecar of an id is. */
  sidecarPath(backupId: string): string {
    return join(this.folder, `${checkBackupId(backupId)}.json`);
  }

  /** Synchronous as {@linkcode statOrNull} is. */
  #ids(): Set<string> {
    const ids = new Set<string>();
    try {
      for (const entry of Deno.readDirSync(this.folder)) {
        const id = entry.isFile ? backupIdOf(entry.name) : null;
        if (id !== null) ids.add(id);
      }
    } catch (error) {
      throw fromOsError(error, this.folder);
    }
    return ids;
  }

  async #get(backupId: string, written?: Sidecar): Promise<BackupRecord> {
    const record = await this.#load(checkBackupId(backupId), written);
    if (record === null) throw new AppError("backup.not_found", { backup_id: backupId });
    return record;
  }

  /** Looks at what is there now; `known` is the record, when nothing has changed since it was made. */
  #look(id: string) {
    const zip = statOrNull(this.zipPath(id));
    const beside = zip === null ? null : statOrNull(this.sidecarPath(id));
    const remembered = this.#known.get(id);
    const isSame = zip !== null && remembered?.stamp === stampsOf(zip, beside);
    return { zip, beside, known: isSame ? remembered.record : null };
  }

  /** @param written What was written beside the ZIP just now, so that it need not be read. */
  async #load(id: string, written?: Sidecar): Promise<BackupRecord | null> {
    const { zip, beside, known } = this.#look(id);
    if (zip === null) return null;
    if (written === undefined && known !== null) return known;
    const kept = written ?? (beside === null ? null : await readSidecar(this.sidecarPath(id)));
    const fits = kept !== null && kept.backup_id === id && kept.file_size === zip.size &&
      kept.file_mtime_ms === (zip.mtime?.getTime() ?? 0);
    const record = this.#record(fits ? kept : await this.#rebuild(id, zip));
    const besideNow = fits ? beside : statOrNull(this.sidecarPath(id));
    this.#known.set(id, {
      stamp: stampsOf(zip, besideNow),
      record,
    });
    return record;
  }

  async #rebuild(id: string, zip: Deno.FileInfo | null): Promise<Sidecar> {
    if (zip === null) throw new AppError("backup.not_found", { backup_id: id });
    const { timeZone, fileMode, log } = this.#options;
    const sidecar = await rebuildSidecar(this.zipPath(id), {
      backupId: id,
      size: zip.size,
      modifiedAt: zip.mtime?.getTime() ?? 0,
      timeZone,
    });
    try {
      await writeSidecar(this.sidecarPath(id), sidecar, fileMode);
      log.info("backup.sidecar_rebuilt", { backup_id: id });
    } catch (error) {
      // A store that cannot be written to can still be listed and restored from.
      log.warn("backup.sidecar_unsaved", { backup_id: id, error });
    }
    return sidecar;
  }

  #record(sidecar: Sidecar): BackupRecord {
    const { files: _files, file_mtime_ms: _mtime, backup_id, file_size, ...others } = sidecar;
    const { left_out: _left, left_out_count: _count, warnings: _warnings, ...rest } = others;
    return {
      backup_id,
      file_name: `${backup_id}.zip`,
      file_path: this.zipPath(backup_id),
      file_size,
      file_size_mb: mebibytes(file_size),
      ...rest,
      incomplete: sidecar.incomplete === true,
      missing_covers_count: sidecar.missing_covers_count ?? sidecar.missing_covers.length,
      state: sidecar.error === null ? "ok" : "damaged",
    };
  }
}

/** By code unit: a thousand comparisons by the rules of a language would cost more than reading the folder. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes as MiB with two decimals, as the library's page shows them. */
export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576 * 100) / 100;
}

/** Synchronous on purpose: a thousand of them cost a few milliseconds, a thousand promises ten times that. */
function statOrNull(path: string): Deno.FileInfo | null {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? info : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fromOsError(error, path);
  }
}

/** Changes whenever the ZIP or the sidecar does. */
function stampsOf(zip: Deno.FileInfo, sidecar: Deno.FileInfo | null): string {
  return `${stampOf(zip)} ${sidecar === null ? "" : stampOf(sidecar)}`;
}

function stampOf(info: Deno.FileInfo): string {
  return `${info.ino} ${info.size} ${info.mtime?.getTime() ?? 0}`;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Some file systems (exFAT, SMB) have no permissions; the start warns about them. */
function ignoreUnsupported(error: unknown): void {
  const refused = error instanceof Deno.errors.NotSupported ||
    error instanceof Deno.errors.PermissionDenied;
  if (!refused) throw error;
}
