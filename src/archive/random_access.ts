import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";

/** A file read at any place, by several readers at once. */
export class RandomAccess implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;
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
   * Reads exactly `length` bytes at `position`.
   *
   * @throws {AppError} `archive.damaged` when the file ends before.
   */
  async read(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#readOnce(bytes, done, length - done, position + done);
      if (bytesRead === 0) {
        throw new AppError("archive.damaged", {
          found: `the file ends at byte ${position + done}`,
        });
      }
      done += bytesRead;
    }
    return bytes;
  }

  async #readOnce(bytes: Buffer, offset: number, length: number, position: number) {
    try {
      return await this.#handle.read(bytes, offset, length, position);
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
