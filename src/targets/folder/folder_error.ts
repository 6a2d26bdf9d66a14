import { AppError, type ErrorCode, isAppError } from "../../base/errors.ts";
import { fromOsError } from "../../storage/os_error.ts";

const CODES: Partial<Readonly<Record<ErrorCode, ErrorCode>>> = {
  "storage.full": "target.full",
  "storage.permission": "target.refused",
  "storage.read_only": "target.refused",
  "storage.missing": "target.not_found",
  "storage.exists": "target.exists",
  "storage.failed": "target.failed",
  "storage.is_folder": "target.failed",
  "storage.not_folder": "target.failed",
};

/** Turns what a file system answered into what a target says; any other value stays as it is. */
export function fromFolderError(error: unknown, name: string): unknown {
  const known = fromOsError(error, name);
  if (!isAppError(known)) return known;
  const code = CODES[known.code];
  return code === undefined
    ? known
    : new AppError(code, { ...known.details, name }, { cause: known });
}
