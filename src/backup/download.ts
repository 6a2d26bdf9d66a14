import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import type { BackupRecord } from "./catalog.ts";

/** Bytes read at once for a range that ends before the file does. */
const CHUNK_BYTES = 256 * 1024;

/** A backup's ZIP, opened for reading. The open file outlives a deletion of its name. */
export interface OpenedArchive extends AsyncDisposable {
  readonly size: number;
  /** Strong validator: the SHA-256 where known, else inode, size and time. */
  readonly etag: string;
  readonly modifiedAt: number;
  /** Streams an inclusive range, once, and takes over the file: it is closed at the end or when cancelled. */
  stream(start: number, end: number): ReadableStream<Uint8Array>;
}

/**
 * Opens a backup's ZIP for download.
 *
 * @throws {AppError} `backup.not_found` when it went since it was listed; `storage.*`.
 */
export async function openForDownload(record: BackupRecord): Promise<OpenedArchive> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(record.file_path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new AppError("backup.not_found", { backup_id: record.backup_id }, { cause: error });
    }
    throw fromOsError(error, record.file_path);
  }
  const { size, mtime, ino } = await file.stat();
  const modifiedAt = mtime?.getTime() ?? 0;
  let isTaken = false;
  return {
    size,
    etag: record.sha256 !== "" && !record.changed
      ? `"${record.sha256}"`
      : `"${ino}-${size}-${modifiedAt}"`,
    modifiedAt,
    stream: (start, end) => {
      isTaken = true;
      file.seekSync(start, Deno.SeekMode.Start);
      // To the end of the file the runtime sends it by itself, and no byte passes through here.
      return end === size - 1 ? file.readable : streamBytes(file, end - start + 1);
    },
    [Symbol.asyncDispose]: () => {
      if (!isTaken) file.close();
      isTaken = true;
      return Promise.resolve();
    },
  };
}

/** Streams that many bytes from where the file stands, as fast as the reader takes them and no faster. */
function streamBytes(file: Deno.FsFile, bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const read = await file.read(chunk);
      if (read === null) {
        file.close();
        throw new AppError("storage.failed", { path: "download", found: "file became shorter" });
      }
      left -= read;
      controller.enqueue(chunk.subarray(0, read));
      if (left > 0) return;
      file.close();
      controller.close();
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}
