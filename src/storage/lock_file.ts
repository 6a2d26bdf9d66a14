import { tryHeartbeatLock } from "./heartbeat_lock.ts";
import { fromOsError, isOsError } from "./os_error.ts";

/** A lock that this process holds until it is disposed of, or dies. */
export interface HeldLock extends AsyncDisposable {
  /** Writes who holds it, one line, into the lock file, for {@linkcode readLockHolder}. */
  describe(text: string): Promise<void>;
}

/** What file systems answer that know no flock(2). */
export const NO_FLOCK = ["ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"];

/** A probe by {@linkcode readLockHolder} holds the lock for well under a millisecond. */
const ATTEMPTS = 5;
const ATTEMPT_GAP_MS = 10;

/** Stands in a held file that nobody has described yet: an empty one means "released". */
const UNDESCRIBED = " ";

/**
 * Takes the lock on `path` unless somebody else has it.
 *
 * It is flock(2): other processes, `flock(1)` among them, respect it, and it dies with its process, so
 * nothing is ever unlocked by hand. The file itself stays. Where flock is missing, an exclusive file with a
 * heartbeat stands in, which a dead holder keeps for half a minute.
 *
 * @param path Created when absent; its folder must exist.
 * @returns The lock, or `null` when another holder has it (answered within a tenth of a second).
 * @throws {AppError} `storage.*` when the file cannot be opened.
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 */
export async function tryLockFile(path: string): Promise<HeldLock | null> {
  const file = await open(path);
  try {
    for (let attempt = 1; !await file.tryLock(true); attempt += 1) {
      if (attempt === ATTEMPTS) {
        file.close();
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_GAP_MS));
    }
  } catch (error) {
    file.close();
    if (isOsError(error, ...NO_FLOCK)) return await tryHeartbeatLock(path);
    throw fromOsError(error, path);
  }
  const lock = new FlockedFile(file, path);
  await lock.describe(UNDESCRIBED);
  return lock;
}

/**
 * Reads who holds the lock on `path`, without disturbing anyone.
 *
 * @returns What the holder described itself with (empty when it did not); `null` when nobody holds it.
 * @throws {AppError} `storage.*` when the file cannot be read.
 */
export async function readLockHolder(path: string): Promise<string | null> {
  try {
    const text = await Deno.readTextFile(path);
    if (text === "" || !await isLocked(path)) return null;
    return text.split("\n", 1).join("").trim();
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, path);
  }
}

class FlockedFile implements HeldLock {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  #released = false;

  constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async describe(text: string): Promise<void> {
    try {
      const bytes = new TextEncoder().encode(`${text || UNDESCRIBED}\n`);
      // Over the old text, then cut: a reader meanwhile finds the old line or the new one, never an empty file.
      await this.#file.seek(0, Deno.SeekMode.Start);
      let written = 0;
      while (written < bytes.length) written += await this.#file.write(bytes.subarray(written));
      await this.#file.truncate(bytes.length);
    } catch (error) {
      // A full disk must not keep anyone from locking: the description is for people.
      if (!isOsError(error, "ENOSPC", "EDQUOT")) throw fromOsError(error, this.#path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    try {
      await this.#file.truncate(0);
    } finally {
      this.#file.close();
    }
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw fromOsError(error, path);
  }
}

async function isLocked(path: string): Promise<boolean> {
  using file = await Deno.open(path, { read: true });
  try {
    return !await file.tryLock(false);
  } catch (error) {
    // Without flock the text alone must do: the stand-in clears it on release.
    if (isOsError(error, ...NO_FLOCK)) return true;
    throw error;
  }
}
