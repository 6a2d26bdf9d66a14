import { fromOsError } from "../storage/os_error.ts";
import { DigestChannel, type Digests } from "./digest_channel.ts";
import { CHUNK_BYTES } from "./limits.ts";

/**
 * The file an archive is written to, front to back, hashed as it is written.
 *
 * Disposing without {@linkcode ArchiveOutput.finish} removes the file.
 */
export class ArchiveOutput implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #digests = new DigestChannel(CHUNK_BYTES);
  #buffer = this.#digests.take();
  #filled = 0;
  #flushed = 0;
  #state: "open" | "finished" | "closed" = "open";

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Creates the file; it must not exist.
   *
   * @throws {AppError} `storage.exists`, `storage.missing`, `storage.permission`, `storage.full`.
   */
  static async create(path: string, mode: number): Promise<ArchiveOutput> {
    try {
      return new ArchiveOutput(path, await Deno.open(path, { write: true, createNew: true, mode }));
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /** Bytes so far: where the next ones will stand. */
  get position(): number {
    return this.#flushed + this.#filled;
  }

  /** Appends bytes; they may be changed once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    let taken = 0;
    while (taken < bytes.length) {
      const piece = bytes.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
  }

  /** Writes what is left, makes it durable and closes the file. */
  async finish(): Promise<Digests & { size: number }> {
    await this.#flush();
    const digests = await this.#digests.finish();
    try {
      await this.#file.sync();
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
    this.#state = "finished";
    await this[Symbol.asyncDispose]();
    return { size: this.position, ...digests };
  }

  async #flush(): Promise<void> {
    const buffer = this.#buffer;
    const length = this.#filled;
    try {
      for (let done = 0; done < length;) {
        done += await this.#file.write(buffer.subarray(done, length));
      }
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
    this.#flushed += length;
    this.#filled = 0;
    this.#buffer = this.#digests.take();
    await this.#digests.give(buffer, length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "closed") return;
    const abandoned = this.#state === "open";
    this.#state = "closed";
    this.#digests[Symbol.dispose]();
    this.#file.close();
    if (!abandoned) return;
    try {
      await Deno.remove(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw fromOsError(error, this.#path);
    }
  }
}
