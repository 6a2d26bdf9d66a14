import process from "node:process";
import { AppError, type ErrorCode, isAppError } from "../base/errors.ts";
import { readFullVolume } from "./full_volume.ts";

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "storage.full",
  EDQUOT: "storage.full",
  EACCES: "storage.permission",
  EPERM: "storage.permission",
  EROFS: "storage.read_only",
  ENOENT: "storage.missing",
  EEXIST: "storage.exists",
  EISDIR: "storage.is_folder",
  ENOTDIR: "storage.not_folder",
  EMFILE: "storage.too_many_files",
  ENFILE: "storage.too_many_files",
};

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
  const full = code === "storage.full" ? readFullVolume(path) : null;
  return new AppError(code, { path, found: osCode, ...full }, { cause: error });
}

/** Our code for the operating system's name of an error. */
export function codeOfOsError(osCode: string): ErrorCode {
  return CODES[osCode] ?? "storage.failed";
}

/** The operating system's name of an error, such as `ENOSPC`; `null` when it is not one of its own. */
export function osErrorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string") return /^E[A-Z0-9]+$/.test(code) ? code : null;
  // Deno has no code for some, such as EFBIG: only the number, at the end of the sentence or before what was tried.
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined ? null : nameOf(Number(number));
}

function nameOf(number: number): string {
  // Loaded here and not above: hardly any error needs it.
  const { errno } = process.getBuiltinModule("node:os").constants;
  return Object.entries(errno).find(([, value]) => value === number)?.[0] ?? `E${number}`;
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
