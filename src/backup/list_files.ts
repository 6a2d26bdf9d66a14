import { AppError } from "../base/errors.ts";
import type { Config, Part } from "../config/types.ts";
import { FileTable } from "./file_table.ts";
import { leftOutWarnings } from "./left_out.ts";
import {
  type FileList,
  listConfigFiles,
  listCovers,
  listExtraFiles,
  listMigrations,
} from "./library_files.ts";
import type { LeftOut } from "./types.ts";

/** The library's files but for the database. */
export interface ListedFiles {
  readonly migrations: FileList;
  readonly covers: FileList;
  readonly config: FileList;
  readonly extra: FileList;
}

const NOTHING: FileList = {
  files: new FileTable(),
  symlinks: [],
  specials: [],
  leftOut: [],
  absent: [],
};

/**
 * Lists the files of the parts that are to be saved.
 *
 * @throws {AppError} `backup.nothing_to_back_up`, `storage.*`; the signal's reason.
 */
export async function listFiles(
  config: Config,
  includes: readonly Part[],
  signal: AbortSignal,
): Promise<ListedFiles> {
  const wants = (part: Part) => includes.includes(part);
  const lists = {
    covers: wants("covers") ? await listCovers(config.covers, signal) : NOTHING,
    config: wants("config") ? await listConfigFiles(config) : NOTHING,
    extra: wants("extra") ? await listExtraFiles(config, signal) : NOTHING,
    migrations: wants("database")
      ? await listMigrations(config.database.migrations, signal)
      : NOTHING,
  };
  const parts = [lists.covers, lists.config, lists.extra];
  // The snapshot of a library that has nothing yet is asked for nothing.
  if (includes.length > 0 && !wants("database") && parts.every(({ files }) => files.length === 0)) {
    throw nothingToBackUp(includes, parts.flatMap(({ leftOut }) => leftOut));
  }
  return lists;
}

/** Makes the error for parts of which nothing is there, or nothing that could be backed up. */
export function nothingToBackUp(includes: readonly Part[], leftOut: readonly LeftOut[]): AppError {
  const reason = leftOutWarnings(leftOut)[0];
  return new AppError("backup.nothing_to_back_up", { includes, reason });
}

/** Bytes of all listed files. */
export function sumBytes({ migrations, covers, config, extra }: ListedFiles): number {
  return [migrations, covers, config, extra].reduce((sum, { files }) => sum + files.totalBytes, 0);
}
