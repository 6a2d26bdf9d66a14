import { dirname, join } from "node:path";
import { AppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../config/types.ts";
import { fromOsError } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

/** In the store: says which store it is. */
const STORE_FILE = ".shuku-store.json";
/** Beside the database: says which stores were there before. */
const KNOWN_FILE = ".shuku-stores.json";

/**
 * Makes sure that the folder of backups is there and is the one that was there before.
 *
 * A disk that is not mounted looks like an empty folder. So the store has an id, and a note beside the
 * database remembers it: an empty store where one was known is an error, not a fresh start.
 *
 * @throws {AppError} `backup.store_missing`, `storage.permission`, `storage.read_only`
 */
export async function openStore(config: Config, log: Logger): Promise<void> {
  const folder = config.backup.path;
  const notePath = join(dirname(config.database.path), KNOWN_FILE);
  const known = await readIds(notePath);
  const expected = known[folder];
  const found = (await readIds(join(folder, STORE_FILE)))["store_id"];
  if (found !== undefined && found === expected) return;
  if (found === undefined && expected !== undefined) {
    throw new AppError("backup.store_missing", { path: folder, marker: notePath });
  }
  const storeId = found ?? await createStore(folder);
  await remember(notePath, { ...known, [folder]: storeId }, log);
}

/**
 * Finds the folder of backups that was used beside a database, from the note that lies there.
 *
 * @returns `null` when none is known, or none that is known is there.
 */
export async function findKnownStore(databasePath: string): Promise<string | null> {
  const known = await readIds(join(dirname(databasePath), KNOWN_FILE));
  for (const [folder, id] of Object.entries(known).toReversed()) {
    if ((await readIds(join(folder, STORE_FILE)))["store_id"] === id) return folder;
  }
  return null;
}

/** Tells whether a folder has been a folder of backups before. */
export async function isStore(folder: string): Promise<boolean> {
  return (await readIds(join(folder, STORE_FILE)))["store_id"] !== undefined;
}

async function createStore(folder: string): Promise<string> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const storeId = crypto.randomUUID();
    await writeAtomic(join(folder, STORE_FILE), `${JSON.stringify({ store_id: storeId })}\n`, {
      mode: 0o600,
    });
    return storeId;
  } catch (error) {
    throw fromOsError(error, folder);
  }
}

async function remember(path: string, known: Record<string, string>, log: Logger): Promise<void> {
  try {
    await writeAtomic(path, `${JSON.stringify(known, null, 1)}\n`, { mode: 0o600 });
  } catch (error) {
    // Without the note only the check for an unmounted disk is lost; backups go on.
    log.warn("backup.store_unnoted", { path, error });
  }
}

async function readIds(path: string): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return {};
    }
    throw fromOsError(error, path);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, id]) => typeof id === "string"));
  } catch (error) {
    // A damaged note knows nothing; it is written anew.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
