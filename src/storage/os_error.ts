import { AppError, isAppError } from "../base/errors.ts";
import { codeOfOsError, osErrorCode } from "../base/os_error.ts";
import { readFullVolume } from "./full_volume.ts";

export { codeOfOsError, osErrorCode } from "../base/os_error.ts";

/**
 * Turns an operating system's error into one of ours, and leaves every other value as it is.
 *
 * Made to be thrown: `throw fromOsError(error, path)`.
 *
 * @param error What was caught; from `Deno.*` or `node:fs`.
 * @param path The file or folder that the failed call was about.
 * @returns An {@linkcode AppError} of `storage.*` caused by `error`, a full disk with its volume and bytes; `error` itself when it is an
 * `AppError` already or does not come from the operating system.
 */
export function fromOsError(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new AppError("storage.permission", { path }, { cause: error });
  }
  const osCode = osErrorCode(error);
  if (osCode === null) return error;
  const code = codeOfOsError(osCode);
  const full = code === "storage.full" ? readFullVolume(path, osCode) : null;
  return new AppError(code, { path, found: osCode, ...full }, { cause: error });
}

/** Tells whether `error` is the operating system's and bears one of `codes`. */
export function isOsError(error: unknown, ...codes: string[]): boolean {
  const code = osErrorCode(error);
  return code !== null && codes.includes(code);
}

/** What another path would fail for as well: the process or the volume is out of something. */
const SHARED = ["EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EDQUOT"];

/**
 * Tells why one path could not be read or written, where that is no reason to give up the others.
 *
 * @param error What was caught, or what {@linkcode fromOsError} made of it.
 * @returns The system's code, such as `EACCES`, or else what was found; `null` when more than this path is concerned.
 */
export function pathFault(error: unknown): string | null {
  const isOurs = isAppError(error) && error.code.startsWith("storage.");
  const code = isOurs ? String(error.details["found"] ?? "EACCES") : osErrorCode(error);
  if (error instanceof Deno.errors.NotCapable) return "EACCES";
  return code === null || SHARED.includes(code) ? null : code;
}
