import { dirname, join } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

/** Beside the database: says whose backups are this library's. */
const IDENTITY_FILE = ".shuku-library.json";

const ID = /^[0-9A-Za-z][0-9A-Za-z_-]{7,63}$/;

/** What is known of whose library this is. */
export type Identity =
  | { readonly kind: "known"; readonly id: string }
  | { readonly kind: "none" }
  /** There is a file, and no id in it. */
  | { readonly kind: "damaged" }
  | { readonly kind: "unreadable"; readonly error: AppError };

/** Reads the identity beside the database. */
export async function readIdentity(config: Config): Promise<Identity> {
  const path = identityPath(config);
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    const id = typeof value === "object" && value !== null && "library_id" in value
      ? value.library_id
      : null;
    return isLibraryId(id) ? { kind: "known", id } : { kind: "damaged" };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "damaged" };
    if (isOsError(error, "ENOENT", "ENOTDIR")) return { kind: "none" };
    const known = fromOsError(error, path);
    if (!isAppError(known)) throw known;
    return { kind: "unreadable", error: known };
  }
}

/** Tells whether a value may be an identity: it is shown, compared, and part of no path. */
export function isLibraryId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/**
 * Writes an identity beside the database; what is there and is none is kept under another name.
 *
 * @throws {AppError} `storage.*`
 */
export async function writeIdentity(config: Config, id: string): Promise<void> {
  const path = identityPath(config);
  if ((await readIdentity(config)).kind === "damaged") await keepAside(path);
  const about = "Whose backups are whose, for Shuku Backup. It belongs beside the database.";
  await writeAtomic(path, `${JSON.stringify({ library_id: id, about }, null, 1)}\n`, {
    mode: 0o600,
  });
}

/** The identity that backups made now bear. */
export interface OwnIdentity {
  /** `null`: there is none, and none can be made. */
  readonly id: string | null;
  /** It was made just now. */
  readonly isNew: boolean;
  readonly warnings: readonly Notice[];
}

/**
 * Finds this library's identity, or makes it: at the first backup, not at a start, which may be of an empty library.
 *
 * @param inStore The identities that backups in the store bear. A damaged file takes up the only one there is.
 */
export async function ensureIdentity(
  config: Config,
  inStore: ReadonlySet<string>,
): Promise<OwnIdentity> {
  const found = await readIdentity(config);
  if (found.kind === "known") return { id: found.id, isNew: false, warnings: [] };
  if (found.kind === "unreadable") return unknownIdentity(found.error);
  const [only, ...others] = inStore;
  const isKept = found.kind === "damaged" && only !== undefined && others.length === 0;
  const id = isKept ? only : crypto.randomUUID();
  try {
    await writeIdentity(config, id);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return unknownIdentity(error);
  }
  const path = identityPath(config);
  const damaged = found.kind === "damaged" ? [damagedIdentity(path, isKept)] : [];
  const strangers = isKept || inStore.size === 0 ? [] : [strangersFound(path, inStore)];
  return { id, isNew: !isKept, warnings: [...damaged, ...strangers] };
}

function identityPath({ database: { path } }: Config): string {
  return join(dirname(path), IDENTITY_FILE);
}

async function keepAside(path: string): Promise<void> {
  try {
    await Deno.rename(path, `${path}.damaged`);
  } catch (error) {
    throw fromOsError(error, path);
  }
}

function unknownIdentity(error: AppError): OwnIdentity {
  const notice = noticeOf(new AppError("backup.no_identity", { reason: error }, { cause: error }));
  return { id: null, isNew: false, warnings: [notice] };
}

function damagedIdentity(path: string, isKept: boolean): Notice {
  return isKept
    ? {
      zh: `${path} 已损坏，已按现有备份重写`,
      en: `${path} was damaged and has been written anew, as the backups have it`,
    }
    : {
      zh: `${path} 已损坏，无法从备份中得知原来的标识，已新建一个`,
      en: `${path} was damaged; the backups do not tell what it was, so there is a new identity`,
    };
}

/** Another library's, or this one's before its files moved without those that begin with a dot. */
function strangersFound(path: string, ids: ReadonlySet<string>): Notice {
  const list = [...ids].slice(0, 5).join(", ");
  return {
    zh:
      `备份目录中还有其他书库的备份（library_id: ${list}），本书库不会清理它们。如果它们其实是本书库的（例如迁移时漏了以点开头的文件），请把 ${path} 中的 library_id 改成它`,
    en:
      `The folder of backups also holds those of another library (library_id: ${list}), which this one never removes. If they are this library's, as when its files were moved without those that begin with a dot, write that id into ${path}`,
  };
}
