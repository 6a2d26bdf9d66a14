import { AppError } from "../base/errors.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { copyBytes, type CopyBytesOptions } from "./copy_bytes.ts";

/** What belongs to a database beside its file: what a log or journal holds is taken in when the copy is opened. */
const SUFFIXES = ["", "-wal", "-journal"] as const;

/** How often a library that begins to write is waited for. */
const ATTEMPTS = 3;

/**
 * Copies a database by its bytes where SQLite cannot open it although nothing is wrong with it: on a volume that is mounted
 * read-only here, a WAL database that no program has open, or one whose program was killed.
 *
 * Whoever writes to such a database makes or changes one of its files first, or leaves a later time on it: bytes that
 * were read while nothing changed belong together. No connection of this process can have it open, so that reading its
 * file drops no lock.
 *
 * @param destination An empty file; its log or journal comes to lie beside it.
 * @throws {AppError} `database.busy` when the library writes whenever it is tried, `storage.*`; the signal's reason.
 */
export async function copyResting(
  source: string,
  destination: string,
  options: CopyBytesOptions,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await Promise.all(SUFFIXES.map((suffix) => look(source + suffix)));
    for (const [index, suffix] of SUFFIXES.entries()) {
      const bytes = before[index]?.size ?? 0;
      if (bytes > 0 || suffix === "") {
        await copyBytes(source + suffix, destination + suffix, options);
      }
    }
    const after = await Promise.all(SUFFIXES.map((suffix) => look(source + suffix)));
    if (JSON.stringify(before) === JSON.stringify(after)) return;
  }
  throw new AppError("database.busy", { path: source, waited_seconds: 0 });
}

async function look(path: string): Promise<{ size: number; ino: number; mtime: number } | null> {
  try {
    const { size, ino, mtime } = await Deno.stat(path);
    return { size, ino: ino ?? 0, mtime: mtime?.getTime() ?? 0 };
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, path);
  }
}
