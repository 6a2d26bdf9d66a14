import { isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { osErrorCode } from "../storage/os_error.ts";
import type { BackupRecord } from "./backup_record.ts";
import type { Catalog } from "./catalog.ts";
import { databaseBytes } from "./estimate.ts";
import { ensureIdentity, readIdentity } from "./library_identity.ts";

/** The library that this service is for. */
export interface Owner {
  /** `null`: it has none yet, or none that can be read. */
  readonly id: string | null;
  /** It has no database: whatever is restored, it becomes. */
  readonly isEmpty: boolean;
}

/** Looks whose library this is; a file is read and nothing made. */
export async function readOwner(config: Config): Promise<Owner> {
  const identity = await readIdentity(config);
  return {
    id: identity.kind === "known" ? identity.id : null,
    isEmpty: await isAbsent(config.database.path),
  };
}

/** What cannot be looked at is there. */
async function isAbsent(databasePath: string): Promise<boolean> {
  try {
    return await databaseBytes(databasePath) === 0;
  } catch (error) {
    if (osErrorCode(error) === null) throw error;
    return false;
  }
}

/**
 * Tells whether a backup is certainly another library's.
 *
 * A library without an identity has made no backup that bears one; an empty one may have been any.
 */
export function isOthers(backup: Pick<BackupRecord, "library_id">, owner: Owner): boolean {
  if (backup.library_id === null) return false;
  return owner.id === null ? !owner.isEmpty : backup.library_id !== owner.id;
}

/** Under whose name a backup is made. */
export interface Claim {
  readonly id: string | null;
  readonly warnings: readonly Notice[];
}

/**
 * Finds out under whose name a backup is made, and takes up those of before there were names.
 *
 * Backups that bear none and that this service wrote are this library's: all of them when it gets its identity, and later
 * as long as no other library's are among them. An empty library gets none.
 */
export async function claimStore(
  services: { config: Config; catalog: Catalog; log: Logger },
): Promise<Claim> {
  const { config, catalog } = services;
  const owner = await readOwner(config);
  if (owner.id === null && owner.isEmpty) return { id: null, warnings: [] };
  const made = (await catalog.list()).filter(({ kind }) => kind !== "uploaded");
  const ids = new Set(made.flatMap(({ library_id }) => library_id ?? []));
  const { id, isNew, warnings } = await ensureIdentity(config, ids);
  if (id === null) return { id, warnings };
  const isAlone = [...ids].every((other) => other === id);
  if (isNew || isAlone) await adopt(services, made, id);
  return { id, warnings };
}

async function adopt(
  { catalog, log }: { catalog: Catalog; log: Logger },
  made: readonly BackupRecord[],
  library_id: string,
): Promise<void> {
  for (const { backup_id } of made.filter((backup) => backup.library_id === null)) {
    try {
      await catalog.update(backup_id, { library_id });
    } catch (error) {
      // It stays nobody's, and is not removed.
      if (!isAppError(error)) throw error;
      log.warn("backup.sidecar_unsaved", { backup_id, error });
    }
  }
}

/** How much of the store is another library's. */
export interface OtherLibrary {
  readonly library_id: string;
  readonly backups: number;
  readonly bytes: number;
}

/** Counts what is other libraries'; none when nothing is. */
export function countOthers(
  backups: readonly Pick<BackupRecord, "library_id" | "other_library" | "file_size">[],
): OtherLibrary[] {
  const others = new Map<string, OtherLibrary>();
  for (const { library_id, other_library, file_size } of backups) {
    if (!other_library || library_id === null) continue;
    const { backups, bytes } = others.get(library_id) ?? { backups: 0, bytes: 0 };
    others.set(library_id, { library_id, backups: backups + 1, bytes: bytes + file_size });
  }
  return [...others.values()];
}

/** Says how many backups are other libraries', and whose; nothing when none is. */
export function strangerWarnings(backups: Parameters<typeof countOthers>[0]): Notice[] {
  return countOthers(backups).map(({ library_id, backups }) => ({
    zh:
      `${backups} 个备份属于另一个书库 (library_id ${library_id})，不会被自动清理，也不计入本书库`,
    en:
      `${backups} backups are another library's (library_id ${library_id}); they are never removed by themselves and count for nothing here`,
  }));
}
