import { AppError } from "../base/errors.ts";
import type { HeldLock } from "./lock_file.ts";
import { LockHolder } from "./lock_holder.ts";
import { fromOsError, isOsError, osErrorCode } from "./os_error.ts";
import { temporaryName } from "./temporary.ts";

const BEAT_MS = 5_000;
const STALE_MS = 30_000;

/**
 * The stand-in for flock where a file system knows none (SMB, exFAT): a file beside the lock file that only
 * one process can create, touched every few seconds.
 *
 * A holder that died keeps it until its last touch is old by the file system's own clock.
 *
 * @param path The lock file; the exclusive file is `<path>.held`.
 * @param options `beatMs` between touches, `staleMs` after which a silent holder counts as dead.
 * @returns The lock, or `null` when another holder has it.
 * @throws {AppError} `storage.*`
 */
export async function tryHeartbeatLock(
  path: string,
  options: { beatMs?: number; staleMs?: number } = {},
): Promise<HeldLock | null> {
  const held = `${path}.held`;
  const token = crypto.randomUUID();
  try {
    if (!await createHeld(held, token)) {
      if (!await removeStale(held, options.staleMs ?? STALE_MS)) return null;
      if (!await createHeld(held, token)) return null;
    }
  } catch (error) {
    throw fromOsError(error, held);
  }
  return new HeartbeatLock(path, held, token, options.beatMs ?? BEAT_MS);
}

class HeartbeatLock implements HeldLock {
  readonly #path: string;
  readonly #held: string;
  readonly #token: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #beat: Promise<void> = Promise.resolve();
  #holder: LockHolder | null = null;

  constructor(path: string, held: string, token: string, beatMs: number) {
    this.#path = path;
    this.#held = held;
    this.#token = token;
    this.#timer = setInterval(() => this.#touch(), beatMs);
    Deno.unrefTimer(this.#timer);
  }

  async describe(text: string): Promise<void> {
    if (this.#holder === null) this.#holder = await LockHolder.create(this.#path, text);
    else await this.#holder.describe(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
    try {
      if (!await isOurs(this.#held, this.#token)) return;
      await this.#holder?.[Symbol.asyncDispose]();
      await Deno.remove(this.#held);
    } catch (error) {
      // Whatever was done under the lock is done; half a minute after the last beat it counts as let go.
      if (osErrorCode(error) === null) throw error;
    }
  }

  #touch(): void {
    this.#beat = this.#beat.then(async () => {
      // One missed touch is no reason to stop: five more fit before the lock counts as dead.
      if (await isOurs(this.#held, this.#token)) await writeToken(this.#held, this.#token);
    }).catch(() => {});
  }
}

async function createHeld(held: string, token: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(held, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (isOsError(error, "EEXIST")) return false;
    throw error;
  }
  try {
    await file.write(new TextEncoder().encode(token));
    return true;
  } catch (error) {
    // A full disk: what bears no token would count as held for half a minute.
    await removeIfThere(held);
    throw error;
  } finally {
    file.close();
  }
}

/**
 * Only one at a time may take a dead holder's file away, or it could be the file of the next one already. Who stops
 * dead in here leaves the guard, which counts for as long as a holder does.
 */
async function removeStale(held: string, staleMs: number): Promise<boolean> {
  const guard = `${held}.takeover`;
  if (!await createHeld(guard, "")) {
    if (await isStale(guard, staleMs)) await removeIfThere(guard);
    return false;
  }
  try {
    if (!await isStale(held, staleMs)) return false;
    await removeIfThere(held);
    return true;
  } finally {
    await removeIfThere(guard);
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}

/** Both times come from the file system that holds the lock, so no two machines' clocks are compared. */
async function isStale(held: string, staleMs: number): Promise<boolean> {
  const probe = temporaryName(held);
  try {
    await Deno.writeTextFile(probe, "", { createNew: true });
    const [now, then] = await Promise.all([modifiedAt(probe), modifiedAt(held)]);
    return now - then >= staleMs;
  } catch (error) {
    // Released since: there is nothing left to wait for.
    if (isOsError(error, "ENOENT")) return true;
    throw error;
  } finally {
    await Deno.remove(probe);
  }
}

async function modifiedAt(path: string): Promise<number> {
  const { mtime } = await Deno.stat(path);
  if (mtime === null) {
    throw new AppError("storage.failed", { path, found: "no modification time" });
  }
  return mtime.getTime();
}

async function isOurs(held: string, token: string): Promise<boolean> {
  return await readToken(held) === token;
}

async function readToken(held: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(held);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw error;
  }
}

async function writeToken(held: string, token: string): Promise<void> {
  await Deno.writeTextFile(held, token, { create: false });
}
