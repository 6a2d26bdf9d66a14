import { type FileHandle, open } from "node:fs/promises";
import { fromOsError } from "./os_error.ts";
import type { Source } from "./source.ts";

/**
 * Opens a file as it is now; bytes that are added later are not part of it.
 *
 * Never for the live database: closing it would drop SQLite's locks in this process.
 *
 * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`.
 */
export async function openFileSource(path: string): Promise<Source> {
  try {
    const handle = await open(path, "r");
    return new FileSource(handle, path, (await handle.stat()).size);
  } catch (error) {
    throw fromOsError(error, path);
  }
}

class FileSource implements Source {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.#path = path;
    this.size = size;
  }

  async read(offset: number, buffer: Uint8Array): Promise<number> {
    const wanted = Math.max(0, Math.min(buffer.length, this.size - offset));
    let filled = 0;
    try {
      while (filled < wanted) {
        const { bytesRead } = await this.#handle.read(
          buffer,
          filled,
          wanted - filled,
          offset + filled,
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
    return filled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
