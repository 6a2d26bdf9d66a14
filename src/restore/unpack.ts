import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";

/** What {@linkcode unpackEntry} wrote. */
export interface Unpacked {
  readonly size: number;
  readonly sha256: string;
}

/** Options of {@linkcode unpackEntry}. */
export interface UnpackOptions {
  /** Where it goes; must not exist, its folder is made. */
  readonly path: string;
  /** SHA-256 that the backup's metadata recorded. */
  readonly expected?: string | undefined;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Writes one entry to a new file, checks it, and makes it durable.
 *
 * @throws {AppError} `restore.invalid_backup` when it is damaged or not what the metadata recorded, `storage.full`
 * and other `storage.*`; the signal's reason.
 */
export async function unpackEntry(
  archive: Archive,
  entry: ArchiveEntry,
  { path, expected, signal, onBytes }: UnpackOptions,
): Promise<Unpacked> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    for await (const chunk of archive.read(entry, { signal })) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
      size += chunk.length;
      onBytes(chunk.length);
    }
    const stat = await file.stat();
    if (stat.size !== size) {
      throw new AppError("storage.failed", { path, found: `${stat.size} bytes of ${size}` });
    }
    await file.sync();
  } catch (error) {
    throw fromOsError(error, path);
  }
  const sha256 = hash.digest("hex");
  if (expected !== undefined && expected !== sha256) {
    throw new AppError("archive.damaged", { path: entry.path, found: "SHA-256 differs" });
  }
  return { size, sha256 };
}
