import { AppError, type ErrorCode, type ErrorDetails } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import { EntryMeasure, type Measured } from "./entry_measure.ts";
import { BATCH_FILES, READ_AHEAD_BYTES } from "./limits.ts";

/** What became of one file: read, too large to be read here, or an error to be thrown. */
export type SmallFile =
  | { readonly kind: "read" } & Measured
  | { readonly kind: "large" }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly details: ErrorDetails };

/** Files in the order asked for, their bytes joined. */
export interface SmallFiles {
  readonly files: readonly SmallFile[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads files one after another, waiting for the disk: only for a thread that may wait.
 *
 * @param paths At most {@linkcode BATCH_FILES}.
 */
export function readSmallFiles(paths: readonly string[]): SmallFiles {
  scratch ??= new Uint8Array(BATCH_FILES * READ_AHEAD_BYTES);
  const memory = scratch;
  let filled = 0;
  const files = paths.map((path): SmallFile => {
    try {
      const size = readInto(memory.subarray(filled, filled + READ_AHEAD_BYTES), path);
      if (size === null) return { kind: "large" };
      const measure = new EntryMeasure();
      measure.update(memory.subarray(filled, filled + size));
      filled += size;
      return { kind: "read", ...measure.finish() };
    } catch (error) {
      const { code, details } = asAppError(fromOsError(error, path));
      return { kind: "failed", code, details };
    }
  });
  return { files, bytes: memory.slice(0, filled) };
}

/** Filled again by each batch; making it anew each time costs more than the reading. */
let scratch: Uint8Array<ArrayBuffer> | null = null;

/** @returns Bytes read; `null` when the file has more than `target` holds. */
function readInto(target: Uint8Array, path: string): number | null {
  const { isFile, size } = Deno.statSync(path);
  if (!isFile) throw new AppError("storage.failed", { path, found: "not a regular file" });
  if (size > target.length) return null;
  using file = Deno.openSync(path);
  for (let filled = 0;;) {
    const read = filled < target.length
      ? file.readSync(target.subarray(filled))
      : file.readSync(new Uint8Array(1));
    if (read === null) return filled;
    filled += read;
    if (filled > target.length) return null;
  }
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}
