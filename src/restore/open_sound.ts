import { type Archive, openArchive } from "../archive/read.ts";
import { verifyArchive } from "../archive/verify.ts";
import { METADATA_PATH } from "../archive/entry_path.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { checkReport } from "./check_report.ts";
import type { RestoreOrder } from "./plan.ts";

/**
 * Opens a backup whose directory and metadata are sound.
 *
 * @throws {AppError} `restore.invalid_backup` with everything that is wrong with it, not only the first; `storage.*`;
 * the signal's reason.
 */
export async function openSound(
  { archive, expected }: Pick<RestoreOrder, "archive" | "expected">,
  signal: AbortSignal,
): Promise<Archive> {
  try {
    const opened = await openArchive(archive, { signal });
    try {
      // Without metadata nobody can say what should be inside.
      if (await opened.readMetadata() !== null) return opened;
      throw new AppError("archive.damaged", { path: METADATA_PATH, found: "missing" });
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith("archive.")) throw error;
    checkReport(await verifyArchive(archive, { signal, expected }));
    throw error;
  }
}
