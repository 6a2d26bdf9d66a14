import { createHash } from "node:crypto";
import { join } from "node:path";

/** Every path below a folder, with what is there: SHA-256 and mode of a file, the target of a link. */
export type Tree = Readonly<Record<string, string>>;

/**
 * Describes all that is in a folder, so that two moments can be compared.
 *
 * @param skip Tells of a name, at any depth, that it does not count.
 */
export async function hashTree(
  folder: string,
  skip: (name: string) => boolean = () => false,
): Promise<Tree> {
  const tree: Record<string, string> = {};
  const describe = async (relative: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(folder, relative))) {
      if (skip(entry.name)) continue;
      const path = join(relative, entry.name);
      const whole = join(folder, path);
      if (entry.isSymlink) tree[path] = `link to ${await Deno.readLink(whole)}`;
      else if (entry.isDirectory) {
        tree[path] = "folder";
        await describe(path);
      } else {
        const { mode } = await Deno.lstat(whole);
        const hash = createHash("sha256").update(await Deno.readFile(whole)).digest("hex");
        tree[path] = `${((mode ?? 0) & 0o777).toString(8)} ${hash}`;
      }
    }
  };
  await describe("");
  return tree;
}
