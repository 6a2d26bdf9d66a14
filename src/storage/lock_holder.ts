import { NO_FLOCK } from "./no_flock.ts";
import { fromOsError, isOsError } from "./os_error.ts";
import { temporaryName } from "./temporary.ts";

/** Where the holder of the lock on `path` describes itself. */
export function holderPath(path: string): string {
  return `${path}.holder`;
}

/**
 * What the holder of a lock says of itself, in a file beside it that is locked for as long as the holder lives.
 *
 * Each holder makes a file of its own and locks it before it bears its name: whoever looks at it, and however many do,
 * is never in the way of anybody who takes the lock itself.
 */
export class LockHolder implements AsyncDisposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;

  private constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /**
   * Puts the description of a new holder in place of the last one's. Only who holds the lock may.
   *
   * @param path The lock file.
   * @param text One line.
   * @throws {AppError} `storage.*`
   */
  static async create(path: string, text: string): Promise<LockHolder> {
    const named = holderPath(path);
    const temporary = temporaryName(named);
    let file: Deno.FsFile | null = null;
    try {
      file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
      const holder = new LockHolder(file, named);
      await lockNew(file);
      await holder.describe(text);
      await giveToOwner(temporary, path);
      await Deno.rename(temporary, named);
      return holder;
    } catch (error) {
      file?.close();
      // The first error says why; a temporary that stays is removed when the lane is next tidied.
      await Deno.remove(temporary).catch(() => {});
      throw fromOsError(error, named);
    }
  }

  /** Replaces the description. @throws {AppError} `storage.*` */
  async describe(text: string): Promise<void> {
    try {
      const bytes = new TextEncoder().encode(`${text}\n`);
      // Over the old text, then cut: a reader meanwhile finds the old line or the new one, never an empty file.
      await this.#file.seek(0, Deno.SeekMode.Start);
      let written = 0;
      while (written < bytes.length) written += await this.#file.write(bytes.subarray(written));
      await this.#file.truncate(bytes.length);
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  /** Takes the description away, before the lock itself is let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    // One that cannot be removed says nothing any more: nobody has it locked.
    await Deno.remove(this.#path).catch(() => {});
    this.#file.close();
  }
}

/**
 * Reads who holds the lock on `path`, without being able to disturb anyone.
 *
 * @returns What the holder described itself with; `null` when nobody holds it, or nobody who has said so.
 * @throws {AppError} `storage.*` when the description cannot be read.
 */
export async function readLockHolder(path: string): Promise<string | null> {
  const named = holderPath(path);
  try {
    using file = await Deno.open(named, { read: true });
    if (!await isLocked(file)) return null;
    const text = await new Response(file.readable).text();
    return text.split("\n", 1).join("").trim();
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw fromOsError(error, named);
  }
}

/** A command run by root must not keep the service from reading what it does. */
async function giveToOwner(temporary: string, lockPath: string): Promise<void> {
  try {
    const { uid, gid } = await Deno.stat(lockPath);
    if (uid === (await Deno.stat(temporary)).uid) return;
    await Deno.chown(temporary, uid, gid);
  } catch (error) {
    // Only root may give a file away, and exFAT and SMB know no owners.
    if (!isOsError(error, "ENOENT", "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) {
      throw error;
    }
  }
}

/** Nobody else knows of the file yet, so nobody can be in the way. */
async function lockNew(file: Deno.FsFile): Promise<void> {
  try {
    await file.tryLock(true);
  } catch (error) {
    if (!isOsError(error, ...NO_FLOCK)) throw error;
  }
}

/** Readers share the lock, so they are not in each other's way either. */
async function isLocked(file: Deno.FsFile): Promise<boolean> {
  try {
    return !await file.tryLock(false);
  } catch (error) {
    // Without flock the text alone must do: it is taken away on release.
    if (isOsError(error, ...NO_FLOCK)) return true;
    throw error;
  }
}
