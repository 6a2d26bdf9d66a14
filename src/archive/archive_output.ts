import { EarlyFlush } from "../storage/early_flush.ts";
import { fromOsError } from "../storage/os_error.ts";
import { CHUNK_BYTES } from "./limits.ts";

/**
 * The file an archive is written to, front to back.
 *
 * Disposing without {@linkcode ArchiveOutput.finish} removes the file.
 */
export class ArchiveOutput implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #early: EarlyFlush;
  readonly #onWritten: (bytes: number) => void;
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #flushed = 0;
  #isOpen = true;
  #isHeld = false;
  #hasFailed = false;

  private constructor(
    path: string,
    { file, early }: { file: Deno.FsFile; early: EarlyFlush },
    onWritten: (bytes: number) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#early = early;
    this.#onWritten = onWritten;
  }

  /**
   * Creates the file; it must not exist. After any failure there is none of ours.
   *
   * @param options `onWritten`: told how many bytes are in the file, whenever there are more.
   * @throws {AppError} `storage.exists`, `storage.missing`, `storage.permission`, `storage.full`, `storage.failed`.
   */
  static async create(
    path: string,
    { mode, onWritten }: { mode: number; onWritten: (bytes: number) => void },
  ): Promise<ArchiveOutput> {
    const file = await createFile(path, mode);
    try {
      const early = await EarlyFlush.open(path);
      return new ArchiveOutput(path, { file, early }, onWritten);
    } catch (error) {
      file.close();
      await removeFile(path);
      throw error;
    }
  }

  /** Bytes so far: where the next ones will stand. */
  get position(): number {
    return this.#flushed + this.#filled;
  }

  /** A write has failed: the file is not worth going on with. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** From now on nobody is told what is in the file: it may be taken back. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Tells what is in the file, now and from now on. */
  release(): void {
    this.#isHeld = false;
    this.#onWritten(this.#flushed);
  }

  /** Takes back what was written behind `position`, of which nobody was told. */
  async rewind(position: number): Promise<void> {
    this.#filled = Math.max(0, position - this.#flushed);
    if (position >= this.#flushed) return;
    try {
      await this.#file.truncate(position);
      await this.#file.seek(position, Deno.SeekMode.Start);
    } catch (error) {
      this.#hasFailed = true;
      throw fromOsError(error, this.#path);
    }
    this.#flushed = position;
  }

  /** Appends bytes; they may be changed once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length >= this.#buffer.length) {
      await this.flush();
      return await this.#append(bytes);
    }
    let taken = 0;
    while (taken < bytes.length) {
      const piece = bytes.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === this.#buffer.length) await this.flush();
    }
  }

  /** Writes what is held back. */
  async flush(): Promise<void> {
    await this.#append(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.#file.write(bytes.subarray(done));
      }
    } catch (error) {
      this.#hasFailed = true;
      throw fromOsError(error, this.#path);
    }
    this.#flushed += bytes.length;
    if (!this.#isHeld) this.#onWritten(this.#flushed);
    this.#early.reached(this.#flushed);
  }

  /** Makes durable what is in the file. */
  async sync(): Promise<void> {
    await this.#early.settle();
    try {
      await this.#file.sync();
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  /** Closes the file, which stays, whatever happens to its writer. */
  async finish(): Promise<void> {
    this.#isOpen = false;
    this.#file.close();
    await this.#early[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    await this.finish();
    await removeFile(this.#path);
  }
}

async function createFile(path: string, mode: number): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode });
  } catch (error) {
    throw fromOsError(error, path);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fromOsError(error, path);
  }
}
