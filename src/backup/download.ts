import { type FileHandle, open } from "node:fs/promises";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import type { BackupRecord } from "./catalog.ts";

/** Bytes read at once: large reads are several times faster than many small ones. */
const CHUNK_BYTES = 1_048_576;

/** A backup's ZIP, opened for reading. The open file outlives a deletion of its name. */
export interface OpenedArchive extends AsyncDisposable {
  readonly size: number;
  /** Strong validator: the SHA-256 where known, else inode, size and time. */
  readonly etag: string;
  readonly modifiedAt: number;
  stream(start: number, end: number): ReadableStream<Uint8Array>;
}

/**
 * Opens a backup's ZIP for download.
 *
 * @throws {AppError} `backup.not_found` when it went since it was listed; `storage.*`.
 */
export async function openForDownload(record: BackupRecord): Promise<OpenedArchive> {
  let file: FileHandle;
  try {
    file = await open(record.file_path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new AppError("backup.not_found", { backup_id: record.backup_id }, { cause: error });
    }
    throw fromOsError(error, record.file_path);
  }
  const { size, mtimeMs, ino } = await file.stat();
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return {
    size,
    etag: `"${record.sha256 !== "" ? record.sha256 : `${ino}-${size}-${Math.round(mtimeMs)}`}"`,
    modifiedAt: Math.round(mtimeMs),
    stream: (start, end) => streamRange(file, start, end, close),
    [Symbol.asyncDispose]: close,
  };
}

/** Streams an inclusive range of bytes as fast as the reader takes them, and no faster. */
function streamRange(
  file: FileHandle,
  start: number,
  end: number,
  close: () => Promise<void>,
): ReadableStream<Uint8Array> {
  let position = start;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const wanted = Math.min(CHUNK_BYTES, end - position + 1);
      if (wanted <= 0) {
        controller.close();
        return await close();
      }
      const { bytesRead, buffer } = await file.read(new Uint8Array(wanted), 0, wanted, position);
      if (bytesRead === 0) {
        await close();
        throw new AppError("storage.failed", { path: "download", found: "file became shorter" });
      }
      position += bytesRead;
      controller.enqueue(buffer.subarray(0, bytesRead));
    },
    cancel: close,
  }, { highWaterMark: 0 });
}
