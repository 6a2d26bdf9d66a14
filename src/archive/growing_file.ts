import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { fromOsError } from "../storage/os_error.ts";
import { CHUNK_BYTES } from "./limits.ts";
import type { WriteMark } from "./write_mark.ts";
import type { FileHashes } from "./types.ts";

/**
 * A file read once, front to back, while another thread still writes it; every byte is hashed as it is read.
 *
 * Blocks the calling thread where it has caught up with the writer.
 */
export class GrowingFile implements Disposable {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #mark: WriteMark;
  readonly #md5 = createHash("md5");
  readonly #sha256 = createHash("sha256");
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  /** The part of the buffer that is read and not taken yet. */
  #begin = 0;
  #end = 0;
  #taken = 0;

  /** @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`. */
  constructor(path: string, mark: WriteMark) {
    this.#path = path;
    this.#mark = mark;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /** Where the next byte stands. */
  get position(): number {
    return this.#taken;
  }

  /**
   * Shows the next bytes without taking them; good until the next call.
   *
   * @param wanted At least so many, up to {@linkcode CHUNK_BYTES}, unless the file ends before. More are shown
   *   where they were read already.
   * @throws {AppError} `storage.failed`.
   */
  peek(wanted: number): Buffer {
    while (this.#end - this.#begin < wanted && this.#fill());
    return this.#buffer.subarray(this.#begin, this.#end);
  }

  /** Takes bytes that were shown. */
  skip(bytes: number): void {
    this.#begin += bytes;
    this.#taken += bytes;
  }

  /** Reads what is left, and ends with the hashes of the whole file. */
  finish(): FileHashes {
    for (let left = this.peek(1); left.length > 0; left = this.peek(1)) this.skip(left.length);
    const [md5, sha256] = [this.#md5.digest("hex"), this.#sha256.digest("hex")];
    return { size: this.#taken, md5, sha256 };
  }

  /** @returns Whether there was anything more. */
  #fill(): boolean {
    this.#buffer.copyWithin(0, this.#begin, this.#end);
    this.#end -= this.#begin;
    this.#begin = 0;
    const at = this.#taken + this.#end;
    const length = Math.min(this.#mark.waitBeyond(at) - at, this.#buffer.length - this.#end);
    if (length <= 0) return false;
    const bytes = this.#read(length, at);
    const piece = this.#buffer.subarray(this.#end, this.#end + bytes);
    this.#md5.update(piece);
    this.#sha256.update(piece);
    this.#end += bytes;
    return bytes > 0;
  }

  #read(length: number, at: number): number {
    try {
      return readSync(this.#descriptor, this.#buffer, this.#end, length, at);
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
