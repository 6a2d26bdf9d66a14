/**
 * What the operating system says, as ours. The rooms that know which file it was about use `fromOsError()` of `storage/`;
 * here is what any door can tell of an error that came to it as it was.
 *
 * @module
 */
import process from "node:process";
import { AppError, type ErrorCode } from "./errors.ts";

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

/** About a connection, not a file. */
const NETWORK = /^E(?:CONN|ADDR|NET|HOSTUNREACH|PIPE)/;

/**
 * Makes any failure one of ours: what it is already, what the operating system says, else `internal`, of which only the
 * log tells more.
 */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const osCode = error instanceof Deno.errors.NotCapable ? "EACCES" : osErrorCode(error);
  if (osCode === null || NETWORK.test(osCode)) {
    return new AppError("internal", {}, { cause: error });
  }
  const path = pathOf(error as Error);
  const details = { ...path === null ? {} : { path }, found: osCode };
  return new AppError(codeOfOsError(osCode), details, { cause: error });
}

/** Node has it beside the sentence, Deno at its end: `mkdir '/backups/x'`, `rename '/a' -> '/b'`. */
function pathOf(error: Error): string | null {
  if ("path" in error && typeof error.path === "string") return error.path;
  return /: \w+ '(.+?)'(?: -> '.*')?$/s.exec(error.message)?.[1] ?? null;
}

function nameOf(number: number): string {
  // Loaded here and not above: hardly any error needs it.
  const { errno } = process.getBuiltinModule("node:os").constants;
  return Object.entries(errno).find(([, value]) => value === number)?.[0] ?? `E${number}`;
}
