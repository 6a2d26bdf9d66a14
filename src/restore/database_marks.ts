import { fromOsError, isOsError } from "../storage/os_error.ts";

/** Longer than the kernel's clock for file times stands still. */
const TICK_MS = 20;

/**
 * What a file is known by, whatever is written into it: another one under its name has another.
 *
 * @returns `null` when there is none.
 * @throws {AppError} `storage.*`
 */
export function identityOf(path: string): string | null {
  const info = look(path);
  return info === null ? null : `${info.ino}:${info.birthtime?.getTime() ?? 0}`;
}

/**
 * Reads from the times and sizes of a database and its log what it looks like, so that whatever is written after this
 * has resolved makes another mark.
 *
 * @returns `null` where files' times are too coarse for that, or there is no database.
 * @throws {AppError} `storage.*`
 */
export async function markContent(live: string): Promise<string | null> {
  const mark = readMark(live);
  if (mark !== null) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  return mark;
}

/** Tells whether nothing was written since {@linkcode markContent}. */
export function isAsMarked(live: string, mark: string | null): boolean {
  return mark !== null && mark === readMark(live);
}

function readMark(live: string): string | null {
  const database = look(live);
  if (database === null) return null;
  // It lies beside the file that a link leads to.
  const log = look(`${Deno.realPathSync(live)}-wal`);
  const marks = (log === null ? [database] : [database, log]).map(({ ino, size, mtime }) => {
    const ms = mtime?.getTime() ?? 0;
    return ms % 1000 === 0 ? null : `${ino}:${size}:${ms}`;
  });
  return marks.includes(null) ? null : marks.join(" ");
}

function look(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return null;
    throw fromOsError(error, path);
  }
}
