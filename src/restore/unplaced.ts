import { dirname } from "node:path";
import { isAppError } from "../base/errors.ts";
import { nameSome } from "../base/messages/name_some.ts";
import type { Notice } from "../base/messages/mod.ts";
import { pathFault } from "../storage/os_error.ts";
import { exists } from "./staging.ts";

/** A file that a restore could not put in place, or take away, though it did with the others. */
export interface Unplaced {
  readonly path: string;
  /** The system's code, such as `EACCES`. */
  readonly reason: string;
}

/** What a disk answers that does not take a name. */
const NAMES = ["EINVAL", "EILSEQ", "ENAMETOOLONG", "EEXIST", "ENOENT", "ENOTDIR", "EISDIR"];

/**
 * Tells why a file alone could not be put in place.
 *
 * @returns `null` when the others could not be either: a disk that is full, or takes no writing any more.
 */
export function placingFault(error: unknown): string | null {
  const reason = pathFault(error);
  return reason === "EROFS" ? null : reason;
}

/**
 * Tells why a new file cannot have its name in a folder that was made for it: on exFAT, NTFS or SMB some characters are not
 * allowed, and more names are the same.
 *
 * @returns `null` when it is not for the name.
 */
export function namingFault(error: unknown): string | null {
  const reason = pathFault(error);
  if (reason === null || ![...NAMES, "EACCES", "EPERM"].includes(reason)) return null;
  const path = isAppError(error) ? String(error.details["path"] ?? "") : "";
  // No such file, in a folder that is there: some file systems say so of a name.
  return reason === "ENOENT" && !exists(dirname(path)) ? null : reason;
}

/** Names the files of a backup that are not in place. */
export function unplacedWarnings(files: readonly Unplaced[]): Notice[] {
  const byKind = Map.groupBy(files, ({ reason }) => NAMES.includes(reason) ? "" : reason);
  return [...byKind].map(([reason, files]) => {
    const { zh, en } = nameSome(files.map(({ path }) => path));
    return reason === ""
      ? {
        zh: `这块磁盘不接受以下文件名，未恢复: ${zh}`,
        en: `This disk does not take these names, so the files were not restored: ${en}`,
      }
      : {
        zh: `无法写入 (${reason})，未恢复: ${zh}`,
        en: `Not restored, for they cannot be written (${reason}): ${en}`,
      };
  });
}

/** Names the files that the backup does not have and that could not be taken away. */
export function unremovedWarnings(files: readonly Unplaced[]): Notice[] {
  if (files.length === 0) return [];
  const { zh, en } = nameSome(files.map(({ path }) => path));
  const reasons = [...new Set(files.map(({ reason }) => reason))].join(", ");
  return [{
    zh: `备份中没有、但无法移走 (${reasons})，留在原处: ${zh}`,
    en: `Not in the backup, but left where they are, for they cannot be moved (${reasons}): ${en}`,
  }];
}
