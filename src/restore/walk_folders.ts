import { join } from "node:path";
import { fromOsError, pathFault } from "../storage/os_error.ts";

/** Visits a folder and every folder inside it that can be listed, but staging and kept ones; links are not followed. */
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
      // Removed by the library meanwhile, or another user's, in which nothing of ours can be.
      if (pathFault(error) === null) throw fromOsError(error, next);
    }
  }
}
