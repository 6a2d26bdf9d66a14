import { AppError } from "../base/errors.ts";

const BACKUP_ID = /^backup_\d{8}_\d{6}(?:_\d+)?$/;

/** Tells whether `text` has the shape of a backup's id, such as `backup_20260115_230000` or `…_2`. */
export function isBackupId(text: string): boolean {
  return text.length <= 40 && BACKUP_ID.test(text);
}

/**
 * Returns the id as given, so that nothing but an id ever becomes part of a path.
 *
 * @throws {AppError} `backup.not_found` for any other text; the disk is not touched.
 */
export function checkBackupId(text: string): string {
  if (!isBackupId(text)) throw new AppError("backup.not_found", { backup_id: text.slice(0, 64) });
  return text;
}

/** The id in a file name such as `backup_20260115_230000.zip`, or `null`. */
export function backupIdOf(fileName: string): string | null {
  const id = fileName.endsWith(".zip") ? fileName.slice(0, -".zip".length) : "";
  return isBackupId(id) ? id : null;
}
