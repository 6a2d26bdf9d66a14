import { verifyArchive } from "../archive/verify.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { checkDatabase } from "../database/mod.ts";
import type { JobContext } from "../jobs/types.ts";
import type { WrittenArchive } from "./write_backup_archive.ts";

/** What verification at birth needs. */
export interface VerifyNewOptions {
  readonly context: JobContext;
  readonly clock: Clock;
  readonly archive: WrittenArchive;
  /** The copied database, checked by SQLite itself; `null` when there is none or it is a raw copy. */
  readonly copyPath: string | null;
}

/**
 * Reads a new archive back and checks every hash, and the copied database with SQLite's own full check.
 *
 * The bytes are read from the file, not from memory, and each entry is inflated again. The database check runs
 * beside it in a worker: what the archive holds has the same SHA-256 as the copy that is checked.
 *
 * @returns When it was verified, RFC 3339 in UTC.
 * @throws {AppError} `backup.verify_failed` with every damaged path, `database.damaged`.
 */
export async function verifyNewArchive(path: string, options: VerifyNewOptions): Promise<string> {
  const { context, archive, copyPath } = options;
  context.phase("verify", archive.size);
  const [report] = await bothOrNeither(context.signal, (signal) => [
    verifyArchive(path, {
      signal,
      onBytes: (bytes) => context.advance(bytes),
      // The MD5 was computed from the same bytes: where SHA-256 agrees, so does it.
      withoutMd5: true,
      withoutMetadata: true,
      // The SHA-256 proves the metadata inside, and with it the list of files that the entries are held against.
      expected: { sha256: archive.sha256 },
    }),
    copyPath === null ? Promise.resolve() : checkCopy(copyPath, signal),
  ]);
  if (!report.valid) {
    const damaged = report.problems.map((problem) => problem.path ?? problem.found);
    throw new AppError("backup.verify_failed", { damaged });
  }
  return utcTime(options.clock.now());
}

async function checkCopy(copyPath: string, signal: AbortSignal): Promise<void> {
  const { ok, problems } = await checkDatabase(copyPath, { level: "full", trusted: true, signal });
  if (!ok) {
    throw new AppError("database.damaged", {
      path: "database/library.db",
      found: problems.slice(0, 5).join("; "),
    });
  }
}
