import { dirname } from "node:path";
import { copyRawDatabase } from "../database/copy.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { readChunks } from "../storage/read_chunks.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { exists } from "./staging.ts";

/** What SQLite keeps beside a database and may be all there is of the newest rows. */
const LOGS = ["-wal", "-journal"];

/**
 * Copies the bytes of a file that is no database any more, and of the logs beside it, durably.
 *
 * @param copy Must not exist. The logs get its name and theirs.
 * @throws {AppError} As `copyRawDatabase()`.
 */
export async function copyRaw(
  live: string,
  copy: string,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const real = await followed(live);
  for (const suffix of LOGS) {
    if (exists(real + suffix)) await copyRawDatabase(real + suffix, copy + suffix, options);
  }
  // Last: where it is, the copy is whole.
  await copyRawDatabase(real, copy, options);
  await syncFolder(dirname(copy));
}

/**
 * Writes the bytes of {@linkcode copyRaw} back in place, after an overwriting that came to nothing.
 *
 * @throws {AppError} `storage.*`
 */
export async function putRawBack(copy: string, live: string): Promise<void> {
  const real = await followed(live);
  try {
    for (const suffix of LOGS) {
      if (exists(copy + suffix)) await overwrite(copy + suffix, real + suffix);
      else await removeIfThere(real + suffix);
    }
    await overwrite(copy, real);
  } catch (error) {
    throw fromOsError(error, live);
  }
  await syncFolder(dirname(real));
}

/** Moves what {@linkcode copyRaw} made; the copy itself last. */
export async function moveRaw(copy: string, to: string): Promise<void> {
  try {
    for (const suffix of [...LOGS, ""]) {
      if (exists(copy + suffix)) await Deno.rename(copy + suffix, to + suffix);
    }
  } catch (error) {
    throw fromOsError(error, to);
  }
  await syncFolder(dirname(to));
}

/** The logs lie beside the file that a link leads to. */
async function followed(live: string): Promise<string> {
  try {
    return await Deno.realPath(live);
  } catch (error) {
    throw fromOsError(error, live);
  }
}

async function overwrite(from: string, to: string): Promise<void> {
  using file = await Deno.open(to, { write: true, create: true, truncate: true, mode: 0o600 });
  for await (const chunk of readChunks(from, { reuseBuffer: true })) {
    for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
  }
  await file.sync();
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}
