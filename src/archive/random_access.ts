import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";

/** Bytes read ahead for somebody who reads little after little: a dozen covers with their headers. */
const AHEAD_BYTES = 256 * 1024;
/** What is between two reads that still follow one another: the extra fields of a header. */
const GAP_BYTES = 1024;

/** A file read at any place, by several readers at once. */
export class RandomAccess implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;
  /** Where the last read ended, and what was read ahead of it: an archive's small entries lie one after another. */
  #last = -1;
  #ahead: { readonly position: number; readonly bytes: Buffer } | null = null;
  /** Bytes in the file when it was opened. */
  readonly size: number;

  private constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.#path = path;
    this.size = size;
  }

  /** @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`. */
  static async open(path: string): Promise<RandomAccess> {
    try {
      const handle = await open(path, "r");
      return new RandomAccess(handle, path, (await handle.stat()).size);
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /**
   * Reads exactly `length` bytes at `position`, into memory of the caller's own.
   *
   * @throws {AppError} `archive.damaged` when the file ends before.
   */
  async read(position: number, length: number): Promise<Buffer> {
    const isNext = position >= this.#last && position <= this.#last + GAP_BYTES;
    this.#last = position + length;
    const bytes = Buffer.allocUnsafeSlow(length);
    if (await this.#copyAhead(bytes, position, isNext)) return bytes;
    const filled = await this.#fill(bytes, position);
    if (filled === length) return bytes;
    throw new AppError("archive.damaged", { found: `the file ends at byte ${position + filled}` });
  }

  /** Copies what was read ahead, or reads ahead where that is worth it. @returns Whether `bytes` are filled. */
  async #copyAhead(bytes: Buffer, position: number, isNext: boolean): Promise<boolean> {
    let ahead = this.#ahead;
    if (ahead === null || !isWithin(position, bytes.length, ahead)) {
      if (!isNext || bytes.length > AHEAD_BYTES) return false;
      const read = Buffer.allocUnsafeSlow(AHEAD_BYTES);
      ahead = { position, bytes: read.subarray(0, await this.#fill(read, position)) };
      if (!isWithin(position, bytes.length, ahead)) return false;
      this.#ahead = ahead;
    }
    ahead.bytes.copy(bytes, 0, position - ahead.position);
    return true;
  }

  /** Reads until `bytes` or the file end. @returns How many bytes were read. */
  async #fill(bytes: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#readOnce(bytes, done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async #readOnce(bytes: Buffer, offset: number, position: number) {
    try {
      return await this.#handle.read(bytes, offset, bytes.length - offset, position);
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

function isWithin(
  position: number,
  length: number,
  ahead: { readonly position: number; readonly bytes: Buffer },
): boolean {
  return position >= ahead.position &&
    position + length <= ahead.position + ahead.bytes.length;
}
