/**
 * The documents that leave the house: what HTTP answers, `--json` prints and sidecars hold. Their keys are
 * snake_case because the world sees them; sizes are bytes.
 *
 * @module
 */
import type { FileRecords } from "../archive/file_records.ts";
import type { BackupKind, FileRecord, LeftOut } from "../archive/types.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import type { DatabaseState } from "../database/mod.ts";
import type { JobContext, StartedJob } from "../jobs/types.ts";
import type { OtherLibrary } from "./own_library.ts";
import type { PendingRemoval, PruneResult, RetentionPreview } from "./retention_types.ts";

export type { BackupKind, FileRecord, LeftOut };

/** A backup in the list. */
export interface BackupDocument {
  readonly backup_id: string;
  readonly file_name: string;
  readonly file_path: string;
  readonly file_size: number;
  /** `file_size` in MiB, two decimals. */
  readonly file_size_mb: number;
  /** Local time without offset. */
  readonly created_at: string;
  readonly created_at_utc: string;
  readonly description: string;
  readonly includes: readonly Part[];
  /** MD5 of the ZIP, hex. Empty while unknown. */
  readonly checksum: string;
  readonly sha256: string;
  readonly version: string;
  readonly kind: BackupKind;
  readonly pinned: boolean;
  readonly verified_at: string | null;
  readonly state: "ok" | "damaged";
  /** Why `state` is `damaged`. */
  readonly error: Notice | null;
  /** Of the library that it was made of; `null`: unknown. */
  readonly library_id: string | null;
  /** It is another library's: its age, its rows and its number are not this one's. */
  readonly other_library: boolean;
  /** Dated after now: made under a wrong clock, here or then. It counts for nothing that goes by age. */
  readonly future: boolean;
  /** The ZIP is no longer the one that `checksum` and `sha256` were taken of. */
  readonly changed: boolean;
  /** Covers that the database names and the backup lacks: the first thousand. */
  readonly missing_covers: readonly string[];
  readonly missing_covers_count: number;
  /** Rows per table, when recorded. */
  readonly rows: Readonly<Record<string, number>>;
  /** Number of covers inside. */
  readonly cover_count: number;
  /** Under half of the previous backup's rows or covers. */
  readonly shrunk: boolean;
  /** Something of the library had to be left out; {@linkcode BackupDetail} says what. */
  readonly incomplete: boolean;
  /** Of all that this library has, the newest that is known to be whole: the last to be given up. */
  readonly newest_verified: boolean;
  /** A job is using it now. */
  readonly in_use: boolean;
  /** Result of the last restore drill of this backup. */
  readonly drill: DrillOutcome | null;
}

/** A file among the backups that looks like one and is not listed. */
export interface NotShown {
  readonly file_name: string;
  /** Why, and what would help. */
  readonly detail: Notice;
}

/** `GET {id}`: the list's document with everything in it. */
export interface BackupDetail extends BackupDocument {
  /** Every file inside, read while somebody takes them: there may be a million. */
  readonly files: FileRecords;
  /** What was left out, at most a thousand of them. */
  readonly left_out: readonly LeftOut[];
  /** How many were left out. */
  readonly left_out_count: number;
  /** What whoever made it was warned of. */
  readonly warnings: readonly Notice[];
}

/** What to back up, and who asks. */
export interface CreateRequest {
  readonly includes?: readonly Part[];
  readonly description?: string;
  /** `manual` unless the scheduler asks. */
  readonly kind?: "manual" | "auto";
  readonly actor: string;
  readonly signal?: AbortSignal;
}

/** A backup that was made. */
export interface CreateResult {
  readonly success: true;
  readonly backup_id: string;
  readonly file_path: string;
  readonly file_size: number;
  readonly checksum: string;
  readonly includes: readonly Part[];
  readonly description: string;
  readonly verified_at: string | null;
  readonly missing_covers: readonly string[];
  /** Something of the library had to be left out: a warning names it. */
  readonly incomplete: boolean;
  readonly missing_covers_count: number;
  readonly warnings: readonly Notice[];
  /** Backups that retention removed afterwards. */
  readonly removed: readonly string[];
  /** What is over the number to keep and waits for a person's word, or a day. */
  readonly pending_removal: PendingRemoval | null;
}

/** What validating a backup found. */
export interface ValidateResult {
  readonly valid: boolean;
  readonly backup_id: string;
  readonly includes: readonly Part[];
  readonly file_size: number;
  readonly checksum: string;
  /** Present when not valid. */
  readonly error?: Notice;
  /** Every damaged path, not the first. */
  readonly damaged?: readonly string[];
  /** Which kind of damage, when not valid. */
  readonly damage?: readonly ("archive" | "changed" | "checksum" | "database" | "metadata")[];
  readonly verified_at: string | null;
  /** What is worth telling although it is valid: tables that could not be checked wholly, files that are none of its. */
  readonly warnings: readonly Notice[];
}

/** What to restore and how. */
export interface RestoreRequest {
  readonly backupId: string;
  readonly includes?: readonly Part[];
  /** Default `true`. */
  readonly createSnapshot?: boolean;
  /** Default `exact`. */
  readonly coversMode?: "exact" | "add_missing";
  readonly machineKeys?: boolean;
  readonly force?: boolean;
  readonly libraryStopped?: boolean;
  /** Default `true`: what the live schema has, and the backup's database lacks, is added to it where that can be. */
  readonly upgradeSchema?: boolean;
  readonly actor: string;
  readonly signal?: AbortSignal;
}

/** Who undoes the last restore. */
export interface UndoRequest {
  readonly actor: string;
  /** Only if the last restore was this job's. */
  readonly ofJob?: string;
  readonly signal?: AbortSignal;
}

/** What a restore did. */
export interface RestoreResult {
  readonly success: true;
  readonly backup_id: string;
  readonly restored: readonly Part[];
  readonly snapshot_id: string | null;
  readonly restart_required: boolean;
  readonly library_restart_recommended: boolean;
  /** What was added to the database of an older schema; `null`: nothing was tried. */
  readonly schema_upgrade: SchemaUpgradeDocument | null;
  readonly warnings: readonly Notice[];
  /** Files the library added or changed meanwhile: kept and named, extra ones as `extra/…`. */
  readonly kept: readonly string[];
}

/** What is added to a backup's database from the live schema; at most 500 names of each. */
export interface SchemaUpgradeDocument {
  /** Tables and columns, such as `ratings` and `books.rating`. */
  readonly added: readonly string[];
  /** What cannot be added, and why, in SQLite's words. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
}

/** `POST restore/preview`: what would change. Changes nothing. */
export interface RestorePreview {
  readonly backup_id: string;
  readonly includes: readonly Part[];
  readonly allowed: boolean;
  /** Why it would be refused. `force` tells whether `force: true` would let it pass. */
  readonly refusals: readonly {
    readonly code: string;
    readonly detail: Notice;
    readonly force: boolean;
  }[];
  readonly warnings: readonly Notice[];
  readonly tables: readonly {
    readonly name: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  readonly covers: FilesPreview | null;
  /** What `backup.extra_paths` names; paths are from the library root. */
  readonly extra: FilesPreview | null;
  /** Values of secrets are masked. `kept`: stays this machine's. */
  readonly config: readonly {
    readonly key: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly kept: boolean;
  }[];
  readonly schema: {
    readonly live: string | null;
    readonly backup: string | null;
    readonly direction: "same" | "newer" | "older" | "unknown";
    /** Tables and columns that the live database has and the backup's has not; at most 500. */
    readonly lacking: readonly string[];
    /** What a restore would add of them; `null`: nothing, for it need not or is not to. */
    readonly upgrade: SchemaUpgradeDocument | null;
  } | null;
  readonly admins: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly password_changed: readonly string[];
  } | null;
  readonly space: readonly {
    readonly volume: string;
    /** The reserve included. */
    readonly needed_bytes: number;
    readonly reserve_bytes: number;
    readonly free_bytes: number;
  }[];
  readonly expected_seconds: number | null;
}

/** What a restore would change of a part that is a tree of files. */
export interface FilesPreview {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
  /** The first names of each, at most ten. */
  readonly first: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
}

/** How one backup stood a drill. */
export interface DrillOutcome {
  readonly backup_id: string;
  /** `failed`: the backup is bad. `error`: the drill could not be done. */
  readonly result: "passed" | "failed" | "error";
  readonly at: string;
  readonly duration_seconds: number;
  readonly detail: Notice | null;
}

/** How a drill went. */
export interface DrillResult {
  /** The worst of the outcomes. */
  readonly result: "passed" | "failed" | "error";
  readonly outcomes: readonly DrillOutcome[];
  readonly duration_seconds: number;
}

/** A backup on its way in. */
export interface UploadRequest {
  readonly fileName: string | null;
  readonly body: ReadableStream<Uint8Array>;
  /** Takes in what is whole though it was changed since the backup was made. */
  readonly force?: boolean;
  /** Whoever sends it sits at the machine: no limit that is made for strangers holds. */
  readonly isOwners?: boolean;
  /** From `Content-Length`, when the body is the file alone. */
  readonly expectedBytes: number | null;
  readonly actor: string;
  readonly signal?: AbortSignal;
}

/** `POST upload`: the backup as it is listed now. */
export interface UploadResult extends BackupDocument {
  readonly message: string;
  /** What another program did to it on its way, if it is sound all the same. */
  readonly warnings: readonly Notice[];
}

/** `GET stats`: the store at a glance. */
export interface StatsDocument {
  readonly total_backups: number;
  readonly total_size: number;
  readonly total_size_mb: number;
  readonly backup_dir: string;
  readonly retention_count: number;
  readonly auto_backup_enabled: boolean;
  readonly latest_backup: {
    readonly backup_id: string;
    readonly created_at: string;
    readonly file_size_mb: number;
  } | null;
  readonly free_bytes: number;
  readonly total_bytes: number;
  readonly reserve_bytes: number;
  readonly snapshot_count: number;
  readonly latest_verified: {
    readonly backup_id: string;
    readonly created_at_utc: string;
    readonly verified_at: string;
  } | null;
  /** Bytes the next backup is expected to need, scratch copy included. */
  readonly predicted_bytes: number;
  readonly last_drill: DrillOutcome | null;
  readonly pending_removal: PendingRemoval | null;
  readonly other_libraries: readonly OtherLibrary[];
  readonly time_zone: string;
  /** Whether there is anything to back up: a wrong mount shows here first. */
  readonly library: {
    readonly database: {
      readonly state: DatabaseState;
      readonly path: string;
      /** Why `state` is not `ok`, and the likely cure. */
      readonly detail: Notice | null;
    };
    /** What a backup may hold; `extra` where extra paths are named. */
    readonly parts: readonly Part[];
  };
  /** Newest last: size of each backup and, where recorded, the free space after it. */
  readonly history: readonly {
    readonly created_at_utc: string;
    readonly file_size: number;
    readonly free_bytes: number | null;
  }[];
}

/** A file opened for download. */
export interface Download extends AsyncDisposable {
  readonly backup: Pick<BackupDocument, "backup_id" | "file_name">;
  readonly size: number;
  /** Strong validator, quoted. */
  readonly etag: string;
  readonly modifiedAt: number;
  /** Streams `start` to `end`, both inclusive; closes the file when done or cancelled. */
  stream(start: number, end: number): ReadableStream<Uint8Array>;
}

/** The verbs, as the doors see them. */
export interface Manager {
  create(request: CreateRequest): Promise<StartedJob<CreateResult>>;
  list(): Promise<BackupDocument[]>;
  notShown(): NotShown[];
  get(backupId: string): Promise<BackupDetail>;
  validate(
    backupId: string,
    options: { actor: string; signal?: AbortSignal },
  ): Promise<StartedJob<ValidateResult>>;
  restore(request: RestoreRequest): Promise<StartedJob<RestoreResult>>;
  previewRestore(request: RestoreRequest): Promise<RestorePreview>;
  undoRestore(request: UndoRequest): Promise<StartedJob<RestoreResult>>;
  resolveRestore(request: { action: "resume" | "rollback"; actor: string }): Promise<RestoreStatus>;
  restoreStatus(): RestoreStatus;
  drill(
    request: { backupId?: string; actor: string; signal?: AbortSignal },
  ): Promise<StartedJob<DrillResult>>;
  remove(backupId: string, options: { actor: string }): Promise<void>;
  update(
    backupId: string,
    change: { pinned?: boolean; description?: string },
    options: { actor: string },
  ): Promise<BackupDocument>;
  openDownload(backupId: string): Promise<Download>;
  upload(request: UploadRequest): Promise<UploadResult>;
  previewRetention(): Promise<RetentionPreview>;
  confirmRetention(
    backupIds: readonly string[],
    options: { actor: string },
  ): Promise<PruneResult>;
  stats(): Promise<StatsDocument>;
}

/** Whether a restore is being completed. */
export interface RestoreStatus {
  readonly pending: boolean;
  readonly state: string | null;
  readonly backup_id: string | null;
  readonly reason: Notice | null;
  readonly next_try_at: string | null;
  /** `true`: only a person can decide (`resume` or `rollback`). */
  readonly stuck: boolean;
}

/** The work of a job, before the lane gives it a context. */
export type Work<Result> = (context: JobContext) => Promise<Result>;
