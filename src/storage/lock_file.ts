import { dirname } from "node:path";
import { tryHeartbeatLock } from "./heartbeat_lock.ts";
import { LockHolder } from "./lock_holder.ts";
import { NO_FLOCK } from "./no_flock.ts";
import { fromOsError, isOsError } from "./os_error.ts";

/** A lock that this process holds until it is disposed of, or dies. */
export interface HeldLock extends AsyncDisposable {
  /**
   * Says who holds it, in one line, for `readLockHolder()`.
   *
   * @throws {AppError} `storage.*`: the lock is held all the same.
   */
  describe(text: string): Promise<void>;
}

/**
 * Takes the lock on `path` unless somebody else has it.
 *
 * It is flock(2): other processes, `flock(1)` among them, respect it, and it dies with its process, so
 * nothing is ever unlocked by hand. The file itself stays, and is never written to: on a read-only file system the lock
 * is taken all the same. Where flock is missing, an exclusive file with a heartbeat stands in, which a dead holder keeps
 * for half a minute.
 *
 * @param path Created when absent; its folder must exist.
 * @returns The lock, or `null` when another holder has it. Letting it go never fails.
 * @throws {AppError} `storage.*` when the file cannot be opened.
 * @see https://man7.org/linux/man-pages/man2/flock.2.html
 */
export async function tryLockFile(path: string): Promise<HeldLock | null> {
  const { file, isReadOnly } = await openToLock(path);
  try {
    if (await file.tryLock(true)) return new FlockedFile(file, path);
    file.close();
    return null;
  } catch (error) {
    file.close();
    // Where nothing can be written, no stand-in can be made, and nobody can be at work on it.
    if (isReadOnly && isOsError(error, "EBADF", ...NO_FLOCK)) return new UnneededLock();
    if (isOsError(error, ...NO_FLOCK)) return await tryHeartbeatLock(path);
    throw fromOsError(error, path);
  }
}

class FlockedFile implements HeldLock {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  #holder: LockHolder | null = null;
  #released = false;

  constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async describe(text: string): Promise<void> {
    if (this.#holder === null) this.#holder = await LockHolder.create(this.#path, text);
    else await this.#holder.describe(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#holder?.[Symbol.asyncDispose]();
    this.#file.close();
  }
}

/** On a read-only network mount, where flock wants a file that is open for writing. */
class UnneededLock implements HeldLock {
  describe(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function openToLock(path: string): Promise<{ file: Deno.FsFile; isReadOnly: boolean }> {
  try {
    const options = { read: true, write: true, create: true, mode: 0o600 };
    return { file: await Deno.open(path, options), isReadOnly: false };
  } catch (error) {
    if (isOsError(error, "EROFS")) return { file: await openReadOnly(path), isReadOnly: true };
    throw fromOsError(error, path);
  }
}

/** Everybody finds the same: no file can appear there as long as the file system is read-only. */
async function openReadOnly(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return await openFolder(dirname(path));
    throw fromOsError(error, path);
  }
}

async function openFolder(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    throw fromOsError(error, path);
  }
}
