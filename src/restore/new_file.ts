import { closeSync, openSync, writeSync } from "node:fs";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";

/** A file being written by a thread that may wait for the disk. */
export class NewFile implements Disposable {
  readonly path: string;
  readonly descriptor: number;
  #size = 0;
  #closed = false;

  /** @throws {AppError} `storage.exists` and other `storage.*`. */
  constructor(path: string) {
    this.path = path;
    try {
      this.descriptor = openSync(path, "wx", 0o600);
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /** @throws {AppError} `storage.full` and other `storage.*`. */
  write(piece: Uint8Array): void {
    try {
      for (let done = 0; done < piece.length;) {
        done += writeSync(this.descriptor, piece, done, piece.length - done);
      }
    } catch (error) {
      throw fromOsError(error, this.path);
    }
    this.#size += piece.length;
  }

  /**
   * Compares what the file holds with what was to be written: a quota or a broken driver may have lied.
   *
   * @throws {AppError} `storage.failed` and other `storage.*`.
   */
  end(expectedBytes: number): void {
    const size = this.#sizeOnDisk();
    if (size === expectedBytes && size === this.#size) return;
    const found = `${size} bytes of ${expectedBytes}`;
    throw new AppError("storage.failed", { path: this.path, found });
  }

  #sizeOnDisk(): number {
    try {
      return Deno.statSync(this.path).size;
    } catch (error) {
      throw fromOsError(error, this.path);
    }
  }

  [Symbol.dispose](): void {
    if (!this.#closed) closeSync(this.descriptor);
    this.#closed = true;
  }
}
