import { dirname, join } from "node:path";
import process from "node:process";
import { osErrorCode } from "./os_error.ts";

/** As many files as a program may need to have open at once around one: itself, a journal, a log and its index. */
const DESCRIPTORS = 4;

/** A volume with less left takes no file that is worth making. */
const LEAST_BYTES = 32_768;

/** No file has this name; it is renamed to nothing, and a volume says what it thinks of that. */
const NOBODY = ".shuku-nobody";

/**
 * Finds out, after a library refused to say, why a file can be neither opened nor written: what the operating system
 * answers around it.
 *
 * The file itself is not opened, which could drop locks on it; nothing is made, changed or removed. Synchronous: a moment
 * later the reason may be gone.
 *
 * @param path The file; need not exist.
 * @returns The system's name of the trouble, such as `EMFILE`, `EROFS` or `ENOSPC`; `null` when nothing is found.
 */
export function findTrouble(path: string): string | null {
  const folder = dirname(path);
  return tooManyFiles(folder) ?? refusal(folder) ?? fullness(folder);
}

function tooManyFiles(folder: string): string | null {
  const opened: Deno.FsFile[] = [];
  try {
    while (opened.length < DESCRIPTORS) opened.push(Deno.openSync(folder, { read: true }));
    return null;
  } catch (error) {
    return troubleOf(error);
  } finally {
    for (const file of opened) file.close();
  }
}

/** A mount's being read-only is looked at before the name is. */
function refusal(folder: string): string | null {
  try {
    Deno.renameSync(join(folder, NOBODY), join(folder, `${NOBODY}-else`));
    return null;
  } catch (error) {
    return osErrorCode(error) === "ENOENT" ? null : troubleOf(error);
  }
}

function fullness(folder: string): string | null {
  const { statfsSync } = process.getBuiltinModule("node:fs");
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder, { bigint: true });
    const isFull = bavail * bsize < LEAST_BYTES || (files > 0n && ffree === 0n);
    return isFull ? "ENOSPC" : null;
  } catch (error) {
    return troubleOf(error);
  }
}

/** Without leave to read a folder, as on a narrow grant, nothing is known. */
function troubleOf(error: unknown): string | null {
  return error instanceof Deno.errors.NotCapable ? null : osErrorCode(error);
}
