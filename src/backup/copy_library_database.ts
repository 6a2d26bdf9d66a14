import { isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { fromOsError } from "../storage/os_error.ts";
import { copyDatabase, copyRawDatabase } from "../database/mod.ts";

/** A copied database. */
export interface LibraryCopy {
  readonly path: string;
  readonly bytes: number;
  /** Permission bits of the library's own file. */
  readonly mode: number;
  /** The database was too damaged to copy: these are its bytes as they lay on disk. */
  readonly raw: boolean;
  readonly warnings: readonly Notice[];
}

/** Options of {@linkcode copyLibraryDatabase}. */
export interface CopyLibraryOptions {
  /** Take the bytes of a damaged database, labelled so, instead of failing. */
  readonly rawWhenDamaged: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** How long another program may hold the database locked before the copy gives up, in milliseconds. */
const LOCK_TIMEOUT_MS = 60_000;

/**
 * Copies the library's database.
 *
 * @throws {AppError} `database.*`, `storage.*`; the signal's reason.
 */
export async function copyLibraryDatabase(
  config: Config,
  destination: string,
  options: CopyLibraryOptions,
): Promise<LibraryCopy> {
  const { rawWhenDamaged, signal } = options;
  const source = config.database.path;
  try {
    const { bytes } = await copyDatabase(source, destination, {
      signal,
      onProgress: options.onProgress,
      timeoutMs: LOCK_TIMEOUT_MS,
      // The full check of verification follows; what to do with a damaged one must be known now.
      unchecked: config.backup.verifyAfterCreate && !rawWhenDamaged,
    });
    return { path: destination, bytes, mode: await modeOf(source), raw: false, warnings: [] };
  } catch (error) {
    if (!rawWhenDamaged || !isAppError(error, ...BEYOND_COPYING)) throw error;
    const { bytes } = await copyRawDatabase(source, destination, { signal });
    return {
      path: destination,
      bytes,
      mode: await modeOf(source),
      raw: true,
      warnings: [RAW_COPY],
    };
  }
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mode ?? 0o600;
  } catch (error) {
    throw fromOsError(error, path);
  }
}

/** What SQLite cannot copy, while its bytes can be kept. */
const BEYOND_COPYING = [
  "database.damaged",
  "database.not_sqlite",
  "database.unsupported",
] as const;

const RAW_COPY: Notice = {
  zh: "现有数据库已损坏，快照保存的是其原始字节，可能无法再打开",
  en: "The live database is damaged; the snapshot holds its raw bytes and may not open again",
};
