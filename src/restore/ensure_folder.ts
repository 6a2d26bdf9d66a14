import { fromOsError, isOsError } from "../storage/os_error.ts";

/** Creates a folder of the library when it is missing; what is there is left as it is. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    if (!isOsError(error, "EEXIST")) throw fromOsError(error, path);
  }
}
