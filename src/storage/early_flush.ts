import { fromOsError } from "./os_error.ts";

/** Bytes between two flushes: some milliseconds of a disk's work, and of what the flush at the end then takes. */
const STEP_BYTES = 8 * 1024 * 1024;

/**
 * Has the disk begin with a large file while somebody still writes it.
 *
 * A kernel keeps in memory what is written until it is asked, and the flush at the end would find everything still to be
 * done, with nothing else left to do meanwhile. Nothing is durable by this alone: whoever writes flushes once more, and
 * finds little left.
 */
export class EarlyFlush implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #begun = 0;
  #underWay: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens a file that is there already. Its writer has a descriptor of its own, and must not rely on POSIX locks on the
   * file after this is disposed of: closing any descriptor drops those of the whole process.
   *
   * @throws {AppError} `storage.*`
   */
  static async open(path: string): Promise<EarlyFlush> {
    try {
      return new EarlyFlush(path, await Deno.open(path, { write: true }));
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /** Hears that `bytes` of the file are written; begins a flush when there is enough for one and none is under way. */
  reached(bytes: number): void {
    if (this.#underWay !== null || bytes - this.#begun < STEP_BYTES) return;
    this.#begun = bytes;
    this.#underWay = this.#flush();
  }

  /** Waits for the flush under way. @throws {AppError} `storage.*` when one failed: the disk may have lost bytes. */
  async settle(): Promise<void> {
    await this.#underWay;
    if (this.#failure !== null) throw fromOsError(this.#failure.error, this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#underWay;
    this.#file.close();
  }

  async #flush(): Promise<void> {
    try {
      await this.#file.syncData();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#underWay = null;
  }
}
