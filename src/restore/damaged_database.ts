import { dirname, join } from "node:path";
import { openArchive } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import type { Journal } from "./journal.ts";
import { keepRaw } from "./keep_database.ts";
import { putRawBack } from "./raw_copy.ts";
import { removeStaging } from "./staging.ts";
import { unpackEntry } from "./unpack.ts";

/**
 * Tells whether a database that was damaged before the restore was emptied, and holds nothing whole yet: overwriting it
 * is no transaction.
 */
export function isEmptied({ database, applied }: Journal): boolean {
  return database !== null && database.wasDamaged && database.isBegun &&
    !applied.includes("database");
}

/**
 * Puts the bytes of such a database back, so that nothing has changed. A copy of them stays in the kept folder.
 *
 * @throws {AppError} `storage.*`, `archive.*`: the bytes are where they were saved.
 */
export async function putDamagedBack(journal: Journal): Promise<void> {
  const { database } = journal;
  if (database === null) return;
  const raw = await keepRaw(journal);
  if (raw !== null) return await putRawBack(raw, database.live);
  const unpacked = await unpackRaw(journal);
  await putRawBack(unpacked, database.live);
  await removeStaging(dirname(unpacked));
}

/** A snapshot of a database too damaged to copy holds its bytes. */
async function unpackRaw({ snapshot, staging, database }: Journal): Promise<string> {
  if (snapshot === null) throw new AppError("restore.no_way_back", { path: database?.live ?? "" });
  const path = join(staging, "raw", "library.raw");
  await removeStaging(dirname(path));
  await using archive = await openArchive(snapshot.archive);
  const entry = await archive.find("database/library.db");
  if (entry === null) throw new AppError("archive.missing_entry", { path: "database/library.db" });
  const signal = new AbortController().signal;
  await unpackEntry(archive, entry, { path, signal, onBytes: () => {} });
  return path;
}
