import { join } from "node:path";
import { Slots } from "../archive/slots.ts";
import { type Clock, stampTime } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import type { Logger } from "../base/log.ts";
import { fromOsError } from "../storage/os_error.ts";
import { publishFile, syncFolder } from "../storage/publish_file.ts";
import { temporaryName } from "../storage/temporary.ts";
import { isAhead } from "./ahead.ts";
import { backupIdOf, checkBackupId } from "./backup_id.ts";
import { type BackupRecord, recordOf } from "./backup_record.ts";
import { isOthers, type Owner } from "./own_library.ts";
import { type ReconcileOptions, reconcileSidecar, type ZipHashes } from "./reconcile_sidecar.ts";
import { type Beside, readBeside, readSidecar, type Sidecar, writeSidecar } from "./sidecar.ts";
import { listIds, stampsOf, statOrNull } from "./store_folder.ts";

export type { BackupRecord } from "./backup_record.ts";

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
    | "library_id"
    | "unproven"
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
  /** Looks whose library this is. */
  readonly owner: () => Promise<Owner>;
}

/** Two processes that change one sidecar at the same time do so rarely, and never for long. */
const UPDATE_TRIES = 3;

/** Sidecars read or made anew at a time, each of which may hold a large list of files. */
const LOADED_AT_ONCE = 4;

interface Known {
  readonly stamp: string;
  readonly record: BackupRecord;
  readonly isSettled: boolean;
}

/**
 * Knows what is in the folder of backups.
 *
 * The ZIP files are the truth about what is in them; sidecars and this object's memory are believed while size and
 * modification time agree, and where they do not, {@linkcode reconcileSidecar} decides. A listing costs one `stat` for
 * each file and opens a ZIP only when its sidecar is absent or no longer fits.
 */
export class Catalog {
  readonly folder: string;
  readonly #options: CatalogOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: CatalogOptions) {
    this.folder = options.folder;
    this.#options = options;
  }

  /**
   * Lists every backup, newest first by `created_at_utc`; a damaged ZIP is listed as such.
   *
   * One dated after now is marked, and comes last: it is not the newest of anything.
   */
  async list(): Promise<BackupRecord[]> {
    const ids = listIds(this.folder);
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const known = [...ids].map((id) => ({ id, record: this.#look(id).known?.record ?? null }));
    const slots = new Slots(LOADED_AT_ONCE);
    const loaded = await Promise.all(
      known.filter(({ record }) => record === null).map(async ({ id }) => {
        using _slot = await slots.acquire();
        return await this.#load(id);
      }),
    );
    const records = [...known.map(({ record }) => record), ...loaded];
    const owner = await this.#options.owner();
    return records.filter((record) => record !== null).map((record) => this.#mark(record, owner))
      .sort((a, b) =>
        Number(a.future) - Number(b.future) || compareText(b.created_at_utc, a.created_at_utc) ||
        compareText(b.backup_id, a.backup_id)
      );
  }

  /** @throws {AppError} `backup.not_found` */
  async get(backupId: string): Promise<BackupRecord> {
    return await this.#get(backupId);
  }

  /**
   * Makes sure of a backup that is in doubt, however long hashing it takes: before it is deleted for good.
   *
   * @param found Its hashes, where somebody has just computed them.
   * @throws {AppError} `backup.not_found`
   */
  async settle(backupId: string, found?: ZipHashes): Promise<BackupRecord> {
    return await this.#get(backupId, undefined, { thorough: true, found });
  }

  /**
   * The complete metadata of one backup, its list of files included.
   *
   * @throws {AppError} `backup.not_found`
   */
  async sidecar(backupId: string): Promise<Sidecar> {
    return await this.#sidecarIn(backupId, await this.#beside(backupId));
  }

  /**
   * Records a change beside the ZIP.
   *
   * @throws {AppError} `backup.not_found`, `storage.*`
   */
  async update(backupId: string, changes: SidecarChanges): Promise<BackupRecord> {
    for (let tries = 1;; tries++) {
      const beside = await this.#beside(backupId);
      // What this process may not read it does not replace: somebody's pin may be in it.
      if (beside.kind === "unreadable") throw beside.error;
      const sidecar = { ...await this.#sidecarIn(backupId, beside), ...changes };
      try {
        await writeSidecar(this.sidecarPath(backupId), sidecar, this.#options.fileMode);
        return await this.#get(backupId, sidecar);
      } catch (error) {
        // Its files are copied from the old one, which another process may have replaced meanwhile; or a job that
        // began just now took the new one for a leftover.
        const isMoved = isAppError(error, "storage.failed", "storage.missing");
        if (tries === UPDATE_TRIES || !isMoved) throw error;
      }
    }
  }

  /** An id for a backup made now: local time, with `_2`, `_3` … when a ZIP or a sidecar has it. */
  newId(): string {
    const base = `backup_${stampTime(this.#options.clock.now(), this.#options.timeZone)}`;
    const isTaken = (id: string) =>
      statOrNull(this.zipPath(id)) !== null || statOrNull(this.sidecarPath(id)) !== null;
    if (!isTaken(base)) return base;
    let number = 2;
    while (isTaken(`${base}_${number}`)) number += 1;
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

  /**
   * Removes sidecars whose ZIP was never published or is gone; only with the lane held.
   *
   * One that somebody pinned stays: the ZIP may have been moved away for a while.
   */
  async removeOrphans(): Promise<void> {
    const ids = listIds(this.folder);
    for await (const entry of Deno.readDir(this.folder)) {
      const id = entry.name.endsWith(".json")
        ? backupIdOf(entry.name.replace(/json$/, "zip"))
        : null;
      if (id === null || ids.has(id)) continue;
      if ((await readSidecar(this.sidecarPath(id)))?.pinned !== false) continue;
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

  async #get(
    backupId: string,
    written?: Sidecar,
    options: ReconcileOptions = {},
  ): Promise<BackupRecord> {
    const record = await this.#load(checkBackupId(backupId), written, options);
    if (record === null) throw new AppError("backup.not_found", { backup_id: backupId });
    return this.#mark(record, await this.#options.owner());
  }

  /** Adds what depends on who asks, and when. */
  #mark(record: BackupRecord, owner: Owner): BackupRecord {
    const future = isAhead(record, this.#options.clock.now());
    return { ...record, future, other_library: isOthers(record, owner) };
  }

  /** Looks at what is there now; `known` is what is remembered of it, when nothing has changed since. */
  #look(id: string) {
    const zip = statOrNull(this.zipPath(id));
    const sidecar = zip === null ? null : statOrNull(this.sidecarPath(id));
    const remembered = this.#known.get(id);
    const isSame = zip !== null && remembered?.stamp === stampsOf(zip, sidecar);
    return { zip, known: isSame ? remembered : null };
  }

  /** @param written What was written beside the ZIP just now, so that it need not be read. */
  async #load(
    id: string,
    written?: Sidecar,
    options: ReconcileOptions = {},
  ): Promise<BackupRecord | null> {
    const { zip, known } = this.#look(id);
    if (zip === null) return null;
    const isKnown = known !== null && (known.isSettled || options.thorough !== true);
    if (written === undefined && isKnown) return known.record;
    const beside = written === undefined
      ? await readBeside(this.sidecarPath(id))
      : { kind: "ours", sidecar: written } as const;
    const { sidecar, isSettled } = await this.#reconcile(id, zip, beside, options);
    const record = recordOf(sidecar, this.zipPath(id));
    const stamp = stampsOf(zip, statOrNull(this.sidecarPath(id)));
    this.#known.set(id, { stamp, record, isSettled });
    return record;
  }

  /** Finds out what is to be believed, and writes beside the ZIP what is new. */
  async #reconcile(
    id: string,
    zip: Deno.FileInfo | null,
    beside: Beside,
    options: ReconcileOptions = {},
  ): Promise<{ sidecar: Sidecar; isSettled: boolean }> {
    if (zip === null) throw new AppError("backup.not_found", { backup_id: id });
    const { timeZone, fileMode, log } = this.#options;
    const modifiedAt = zip.mtime?.getTime() ?? 0;
    const facts = { backupId: id, size: zip.size, modifiedAt, timeZone };
    const found = await reconcileSidecar(this.zipPath(id), facts, beside, options);
    if (!found.isNew) return found;
    try {
      await writeSidecar(this.sidecarPath(id), found.sidecar, fileMode);
      log.info("backup.sidecar_rebuilt", { backup_id: id });
    } catch (error) {
      // A store that cannot be written to can still be listed and restored from.
      log.warn("backup.sidecar_unsaved", { backup_id: id, error });
    }
    return found;
  }

  /** What lies beside a ZIP that is there, after it was looked at. */
  async #beside(backupId: string): Promise<Beside> {
    await this.get(backupId);
    return await readBeside(this.sidecarPath(backupId));
  }

  async #sidecarIn(backupId: string, beside: Beside): Promise<Sidecar> {
    if (beside.kind === "ours") return beside.sidecar;
    const zip = statOrNull(this.zipPath(backupId));
    return (await this.#reconcile(backupId, zip, beside)).sidecar;
  }
}

/** By code unit: a thousand comparisons by the rules of a language would cost more than reading the folder. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
