import type { ArchiveWriter } from "../archive/write.ts";
import { type Clock, utcTime } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";

/**
 * Waits until a new archive has been read back and every hash compared.
 *
 * The reading began with the writing and follows it; what is left takes a moment.
 *
 * @param writer Of a finished archive; asked to verify it when it was opened.
 * @returns When it was verified, RFC 3339 in UTC.
 * @throws {AppError} `backup.verify_failed` with every damaged path.
 */
export async function verifyNewArchive(writer: ArchiveWriter, clock: Clock): Promise<string> {
  const { problems } = await writer.verify();
  if (problems.length > 0) {
    const damaged = problems.map((problem) => problem.path ?? problem.found);
    throw new AppError("backup.verify_failed", { damaged });
  }
  return utcTime(clock.now());
}
