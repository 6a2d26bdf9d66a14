import { dirname } from "node:path";
import { isAppError } from "../base/errors.ts";
import { copyDatabase, type CopyOptions } from "../database/copy.ts";
import { type DatabaseWatch, watchDatabase } from "../database/watch.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { removeStaging } from "./staging.ts";

/**
 * The content of the live database, copied while other things are being unpacked: what a restore without a snapshot
 * can go back to.
 */
export class OldDatabase implements AsyncDisposable {
  readonly #live: string;
  readonly #path: string;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  /** Held since before the copy was begun; `null` when the database could not be asked. */
  readonly watch: DatabaseWatch | null;
  readonly #copying: Promise<string | null>;

  private constructor(
    live: string,
    path: string,
    { signal, watch }: { signal: AbortSignal; watch: DatabaseWatch | null },
  ) {
    this.#live = live;
    this.#path = path;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.watch = watch;
    this.#copying = this.#copy();
    // Told by take(), when it is wanted.
    this.#copying.catch(() => {});
  }

  /** Begins copying `live` to `path`, whose folder exists. */
  static async begin(live: string, path: string, signal: AbortSignal): Promise<OldDatabase> {
    return new OldDatabase(live, path, { signal, watch: await watchIfSound(live) });
  }

  /**
   * Waits for the copy, which is made anew when the library wrote meanwhile.
   *
   * @returns Its path; `null` when the database is too damaged to be copied, which must not block its repair.
   */
  async take(): Promise<string | null> {
    const copy = await this.#copying;
    if (copy === null || await this.watch?.changed() === false) return copy;
    await removeStaging(this.#path);
    return await this.#copy();
  }

  /**
   * Whatever is wrong with the content is to come back as it was, and nobody but a rollback uses the copy: it need
   * not pass SQLite's check.
   */
  async #copy(): Promise<string | null> {
    return await copyOld(this.#live, this.#path, { signal: this.#signal, unchecked: true });
  }

  /** Stops copying. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#copying.catch(() => {});
    await this.watch?.[Symbol.asyncDispose]();
  }
}

/** A connection that notices what the library writes; `null` when the database cannot be asked. */
export async function watchIfSound(live: string): Promise<DatabaseWatch | null> {
  try {
    return await watchDatabase(live);
  } catch (error) {
    // Not being able to tell counts as changed: one copy more.
    if (isAppError(error)) return null;
    throw error;
  }
}

/** Copies the live database, durably; `null` when it is empty or damaged, as far as is looked. */
export async function copyOld(
  live: string,
  copy: string,
  options: Pick<CopyOptions, "signal" | "unchecked">,
): Promise<string | null> {
  try {
    await copyDatabase(live, copy, options);
  } catch (error) {
    if (isAppError(error, "database.damaged", "database.not_sqlite", "database.unsupported")) {
      return null;
    }
    throw error;
  }
  await syncFolder(dirname(copy));
  return copy;
}
