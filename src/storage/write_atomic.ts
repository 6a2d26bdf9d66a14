import { dirname } from "node:path";
import { AppError } from "../base/errors.ts";
import { failPoint } from "../base/fail_point.ts";
import { fromOsError, isOsError } from "./os_error.ts";
import { syncFolder } from "./sync_folder.ts";
import { temporaryName } from "./temporary.ts";

/**
 * Writes a file so that after any stop, a power cut included, it holds either all of `data` or what it
 * held before.
 *
 * A symbolic link at `path` is replaced, not followed. The replaced file's mode and, where this process
 * may, its owner are kept.
 *
 * @param path Its folder must exist.
 * @param data In pieces when it is too much to be held; what they throw is thrown.
 * @param options `mode`: permissions of the new file instead of the replaced one's (else `0600`).
 * @throws {AppError} `storage.full`, `storage.permission`, `storage.read_only`, `storage.missing` (the
 * folder), `storage.failed`; the file is then as it was.
 */
export async function writeAtomic(
  path: string,
  data: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: { mode?: number } = {},
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
  const temporary = temporaryName(path);
  try {
    await writeWhole(temporary, pieces);
    await applyOwnership(temporary, path, options.mode);
    failPoint("storage.temporary_written");
    await Deno.rename(temporary, path);
  } catch (error) {
    // The first error says why; a temporary that stays is removed at the next start.
    await Deno.remove(temporary).catch(() => {});
    throw fromOsError(error, path);
  }
  await syncFolder(dirname(path));
}

async function writeWhole(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  let total = 0;
  for await (const piece of pieces) {
    for (let written = 0; written < piece.length;) {
      written += await file.write(piece.subarray(written));
    }
    total += piece.length;
  }
  const { size } = await file.stat();
  if (size !== total) {
    throw new AppError("storage.failed", { path, found: `${size} bytes of ${total}` });
  }
  await file.sync();
}

async function applyOwnership(temporary: string, path: string, mode?: number): Promise<void> {
  const replaced = await statOrNull(path);
  const wanted = mode ?? (replaced?.mode ?? 0o600) & 0o7777;
  if (replaced !== null && replaced.uid !== null && replaced.gid !== null) {
    await ignoreUnsupported(Deno.chown(temporary, replaced.uid, replaced.gid));
  }
  await changeMode(temporary, wanted);
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    const info = await Deno.lstat(path);
    return info.isFile ? info : null;
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw error;
  }
}

/** Gives a file permissions, where its file system knows them and this process may. */
export async function changeMode(path: string, mode: number): Promise<void> {
  await ignoreUnsupported(Deno.chmod(path, mode));
}

/** exFAT and SMB know no owners or modes, and only root may give a file away: the content still counts. */
async function ignoreUnsupported(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isOsError(error, "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) throw error;
  }
}
