import { basename, dirname, join, resolve } from "node:path";

/** The path with its links followed, as far as it exists. */
export async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    // What does not exist, or may not be looked at, has no links to follow: its name is all there is.
    const parent = dirname(path);
    return parent === path ? resolve(path) : join(await realPath(parent), basename(path));
  }
}
