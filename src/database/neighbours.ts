import { basename, dirname, join } from "node:path";
import { AppError } from "../base/errors.ts";

/** How many names are told: it is a hint, not a listing. */
const MAX_NAMES = 5;

/** How many names of a folder are looked at: the covers may lie in the same one. */
const MAX_LOOKED_AT = 1000;

const MAGIC = new TextEncoder().encode("SQLite format 3\0");

/**
 * Makes the error for a database that is not there, with what a wrong mount or path would explain: other databases in
 * its folder, or that the folder is empty or missing itself.
 */
export async function databaseMissing(path: string, cause: unknown): Promise<AppError> {
  const folder = dirname(path);
  const names = await namesIn(folder);
  const others: string[] = [];
  for (const { name } of names?.filter(({ isFile }) => isFile) ?? []) {
    if (others.length === MAX_NAMES) break;
    // Nothing here opens a database by another path than the configured one: no lock is dropped.
    if (name !== basename(path) && await isSqlite(join(folder, name))) others.push(name);
  }
  const reason = names === null
    ? { folder_missing: folder }
    : names.length === 0
    ? { folder_empty: folder }
    : {};
  return new AppError("database.missing", {
    path,
    ...reason,
    ...others.length > 0 ? { others: others.sort() } : {},
  }, { cause });
}

/** `null`: there is no such folder. One that cannot be listed tells nothing. */
async function namesIn(folder: string): Promise<Deno.DirEntry[] | null> {
  const names: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      // What lies there of our own is nothing that somebody mounted.
      if (!entry.name.startsWith(".")) names.push(entry);
      if (names.length === MAX_LOOKED_AT) break;
    }
    return names;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? null : [{
      name: "?",
      isFile: false,
      isDirectory: false,
      isSymlink: false,
    }];
  }
}

/** A file that cannot be read is none that could be meant. */
async function isSqlite(path: string): Promise<boolean> {
  if (!/\.(?:db3?|sqlite3?)$/i.test(path)) return false;
  try {
    using file = await Deno.open(path);
    const head = new Uint8Array(MAGIC.length);
    const read = await file.read(head);
    return read === MAGIC.length && MAGIC.every((byte, index) => head[index] === byte);
  } catch {
    return false;
  }
}
