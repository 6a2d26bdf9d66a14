import { join } from "node:path";
import { fromOsError, isOsError } from "../storage/os_error.ts";

/** Visits a folder and every folder inside it but staging and kept ones; links are not followed. */
export async function* walkFolders(root: string): AsyncGenerator<string> {
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    try {
      for await (const entry of Deno.readDir(next)) {
        if (entry.isDirectory && !entry.name.startsWith(".restore-")) {
          waiting.push(join(next, entry.name));
        }
      }
    } catch (error) {
      // Removed by the library meanwhile.
      if (!isOsError(error, "ENOENT")) throw fromOsError(error, next);
    }
  }
}
