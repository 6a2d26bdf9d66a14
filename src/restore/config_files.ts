import { basename, dirname, join } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { isTemporaryName, temporaryName } from "../storage/temporary.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import type { ConfigFile } from "./journal.ts";
import { ensureFolder } from "./ensure_folder.ts";
import { atMoment } from "./moments.ts";

/** Where the library keeps its config. */
export interface ConfigPlaces {
  /** The file this service reads; `null` when there is none. */
  readonly path: string | null;
  readonly root: string;
}

/**
 * Tells where a `config/<name>` of a backup came from.
 *
 * @param name Without `config/`.
 * @returns `null` when it is not for this library: not a plain `*.yaml`, `*.yml`, `*.json` or `.env.example`, or
 * a neighbour of a config file that lies in the library root, where only the file itself is backed up.
 */
export async function configTarget(name: string, places: ConfigPlaces): Promise<string | null> {
  if (name.includes("/") || isTemporaryName(name)) return null;
  if (name === ".env.example") return await followLinks(join(places.root, name));
  if (!/^[^.].*\.(?:yaml|yml|json)$/i.test(name)) return null;
  const path = places.path ?? join(places.root, "config.yaml");
  const isOurs = name === basename(path);
  if (!isOurs && dirname(path) === places.root) return null;
  return await followLinks(join(dirname(path), name));
}

/**
 * Proves that a config file can be written, without changing it.
 *
 * @throws {AppError} `storage.read_only`, `storage.permission`, `storage.missing` (the folder).
 */
export async function probeConfigTarget(target: string): Promise<void> {
  try {
    const file = await Deno.open(target, { write: true });
    return file.close();
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw fromOsError(error, target);
  }
  const probe = temporaryName(join(await nearestFolder(dirname(target)), basename(target)));
  try {
    (await Deno.open(probe, { write: true, createNew: true })).close();
    await Deno.remove(probe);
  } catch (error) {
    throw fromOsError(error, target);
  }
}

/** The folder itself, or the one in which it is to be made. */
async function nearestFolder(folder: string): Promise<string> {
  const isThere = await Deno.stat(folder).then(() => true, (error) => !isOsError(error, "ENOENT"));
  return isThere || dirname(folder) === folder ? folder : await nearestFolder(dirname(folder));
}

/** Why a copy of a config file is kept: somebody changed it since it was saved, or nobody could read it. */
export type KeptFor = "changed" | "unreadable";

/**
 * Puts the staged config files in place, one after the other, each whole or not at all. Repeatable.
 *
 * @param keepCopy Called with the bytes of a file that a person may miss.
 */
export async function applyConfig(
  files: readonly ConfigFile[],
  keepCopy: (name: string, bytes: Uint8Array, why: KeptFor) => Promise<void>,
): Promise<void> {
  for (const file of files) {
    if (file.staged === null) {
      await removeConfig(file, keepCopy);
      atMoment("config_written");
      continue;
    }
    const wanted = await Deno.readFile(file.staged);
    if (file.keepOld === true && file.old !== null) {
      await keepCopy(file.name, await Deno.readFile(file.old), "unreadable");
    }
    await replaceConfig(file, wanted, file.old, keepCopy);
    atMoment("config_written");
  }
}

/** Undoes {@linkcode applyConfig}, however far it came. Repeatable. */
export async function returnConfig(
  files: readonly ConfigFile[],
  keepCopy: (name: string, bytes: Uint8Array, why: KeptFor) => Promise<void>,
): Promise<void> {
  for (const file of files.toReversed()) {
    if (file.old !== null) {
      await replaceConfig(file, await Deno.readFile(file.old), file.staged, keepCopy);
    } else if (
      file.staged !== null &&
      sameBytes(await readOrNull(file.target), await Deno.readFile(file.staged))
    ) {
      await Deno.remove(file.target);
    }
    atMoment("config_returned");
  }
}

/** Reads a file; `null` when there is none. */
export async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, path);
  }
}

/** Tells whether two contents are equal, byte for byte. */
export function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Takes a file away that there was none of. What somebody made of it since it was saved is kept. */
async function removeConfig(
  { name, target, old }: ConfigFile,
  keepCopy: (name: string, bytes: Uint8Array, why: KeptFor) => Promise<void>,
): Promise<void> {
  const found = await readOrNull(target);
  if (found === null) return;
  const expected = old === null ? null : await Deno.readFile(old);
  if (!sameBytes(found, expected)) await keepCopy(name, found, "changed");
  try {
    await Deno.remove(target);
  } catch (error) {
    throw fromOsError(error, target);
  }
  await syncFolder(dirname(target));
}

async function replaceConfig(
  file: ConfigFile,
  wanted: Uint8Array,
  expectedPath: string | null,
  keepCopy: (name: string, bytes: Uint8Array, why: KeptFor) => Promise<void>,
): Promise<void> {
  const found = await readOrNull(file.target);
  if (sameBytes(found, wanted)) return;
  const expected = expectedPath === null ? null : await Deno.readFile(expectedPath);
  if (found !== null && !sameBytes(found, expected)) await keepCopy(file.name, found, "changed");
  try {
    if (found === null) await ensureFolder(dirname(file.target));
    const isNew = found === null && file.mode !== undefined;
    await writeAtomic(file.target, wanted, isNew ? { mode: file.mode } : {});
  } catch (error) {
    if (found === null || !isBoundFile(error)) throw error;
    await overwriteInPlace(file.target, wanted);
  }
}

/** A file that is itself a mount cannot be renamed over, nor may its folder take a temporary. */
function isBoundFile(error: unknown): boolean {
  return isAppError(error, "storage.permission", "storage.read_only") ||
    (isAppError(error, "storage.failed") && error.details["found"] === "EBUSY");
}

async function overwriteInPlace(path: string, bytes: Uint8Array): Promise<void> {
  try {
    using file = await Deno.open(path, { write: true });
    let written = 0;
    while (written < bytes.length) written += await file.write(bytes.subarray(written));
    await file.truncate(bytes.length);
    await file.sync();
  } catch (error) {
    throw fromOsError(error, path);
  }
}

/** A link is followed once, here, so that the file it leads to is replaced and the link stays. */
async function followLinks(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return path;
    if (isOsError(error, "ELOOP")) throw new AppError("storage.failed", { path, found: "ELOOP" });
    throw fromOsError(error, path);
  }
}
