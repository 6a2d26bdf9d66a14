import { basename } from "node:path";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { copyDatabase, copyRawDatabase, listCoverPaths, readContents } from "../database/mod.ts";

/** A copied database and what is known of it. */
export interface LibraryCopy {
  readonly path: string;
  readonly bytes: number;
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Covers that the database names, relative to the covers folder. */
  readonly coverPaths: readonly string[];
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
 * Copies the library's database and reads what the metadata records of it.
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
    const [{ rows }, named] = await bothOrNeither(signal, (signal) => [
      readContents(destination, { signal }),
      listCoverPaths(destination, signal),
    ]);
    const coverPaths = named.map((path) => relativeToCovers(path, config.covers));
    return { path: destination, bytes, rows, coverPaths, raw: false, warnings: [] };
  } catch (error) {
    if (!rawWhenDamaged || !isAppError(error, "database.damaged", "database.not_sqlite")) {
      throw error;
    }
    const { bytes } = await copyRawDatabase(source, destination, { signal });
    return { path: destination, bytes, rows: {}, coverPaths: [], raw: true, warnings: [RAW_COPY] };
  }
}

const RAW_COPY: Notice = {
  zh: "现有数据库已损坏，快照保存的是其原始字节，可能无法再打开",
  en: "The live database is damaged; the snapshot holds its raw bytes and may not open again",
};

/** The library writes `covers/1.jpg`, an absolute path or `1.jpg`, depending on its age. */
function relativeToCovers(named: string, coversFolder: string): string {
  const path = named.replaceAll("\\", "/");
  const folder = coversFolder.replaceAll("\\", "/");
  if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  const parent = `${basename(folder)}/`;
  const at = path.startsWith("/") ? path.lastIndexOf(`/${parent}`) + 1 : 0;
  return path.startsWith(parent, at) ? path.slice(at + parent.length) : path.replace(/^\.?\//, "");
}
