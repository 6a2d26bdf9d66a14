import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import type { Journal } from "../restore/journal.ts";
import type { RestoreOrder } from "../restore/plan.ts";
import type { BackupRecord } from "./backup_record.ts";
import type { Catalog } from "./catalog.ts";
import { expectedHashes } from "./expected_hashes.ts";
import { isOwn } from "./is_own.ts";
import { readIdentity, writeIdentity } from "./library_identity.ts";
import { isOthers, type Owner, readOwner } from "./own_library.ts";
import type { RestoreRequest } from "./types.ts";

/** A restore's order, and how the snapshot before it is labelled. */
export interface LabelledOrder extends RestoreOrder {
  /** The backup that the snapshot is taken for. */
  readonly restoring: string;
  /** Whose the snapshot is, when the library takes the backup's identity over; `null`: its own. */
  readonly becomes: string | null;
}

/**
 * Makes the order of a restore: what was asked for, what is known of the backup, and what speaks against it.
 *
 * A library that is empty, or never made a backup, becomes the backup's. Over any other, a backup of another library is
 * refused without `force`.
 *
 * @throws {AppError} `backup.not_found`
 */
export async function restoreOrder(
  { config, catalog }: { config: Config; catalog: Catalog },
  request: RestoreRequest,
): Promise<LabelledOrder> {
  const backup = await catalog.get(request.backupId);
  const owner = await readOwner(config);
  return {
    backupId: request.backupId,
    restoring: request.backupId,
    becomes: becomesOf(backup, owner, request),
    archive: backup.file_path,
    parts: request.includes,
    coversMode: request.coversMode ?? "exact",
    createSnapshot: request.createSnapshot ?? true,
    machineKeys: request.machineKeys ?? false,
    force: request.force ?? false,
    upgradeSchema: request.upgradeSchema ?? true,
    isOwn: isOwn(backup),
    libraryStopped: request.libraryStopped ?? false,
    databaseOverride: null,
    expected: expectedHashes(backup),
    ...strangerObjections(backup, owner),
  };
}

/** What comes back is the library that the backup is of, so it goes by that name from then on. */
function becomesOf(
  { library_id, includes }: BackupRecord,
  owner: Owner,
  request: RestoreRequest,
): string | null {
  const parts = request.includes ?? includes;
  return parts.includes("database") && (owner.id === null || owner.isEmpty) ? library_id : null;
}

/**
 * Takes the backup's identity over, once its database is in place of none, or of one without a name. Repeatable.
 *
 * @throws {AppError} `backup.not_found`, `storage.*`
 */
export async function becomeRestored(
  { config, catalog }: { config: Config; catalog: Catalog },
  { state, parts, backupId, database }: Journal,
): Promise<void> {
  if (state !== "done" || !parts.includes("database")) return;
  const identity = await readIdentity(config);
  if (identity.kind !== "none" && !(identity.kind === "known" && database?.wasAbsent)) return;
  const { library_id } = await catalog.get(backupId);
  if (library_id !== null) await writeIdentity(config, library_id);
}

function strangerObjections(
  backup: BackupRecord,
  owner: Owner,
): Pick<RestoreOrder, "refusals" | "warnings"> {
  const { library_id } = backup;
  if (owner.isEmpty || !isOthers(backup, owner)) return {};
  if (owner.id === null) return { warnings: [unnamedWarning(library_id ?? "?")] };
  const error = new AppError("restore.other_library", { library_id, own_id: owner.id });
  return { refusals: [{ error, force: true }] };
}

function unnamedWarning(id: string): Notice {
  return {
    zh:
      `这个备份属于书库 ${id}；本书库还没有标识，不知道是不是同一个书库，恢复数据库后将沿用它的标识`,
    en:
      `This is a backup of the library ${id}; whether this is the same one is not known, for it has no identity yet. With the database it takes that one's over`,
  };
}
