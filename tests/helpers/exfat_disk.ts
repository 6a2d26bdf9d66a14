import { join } from "node:path";
import { asRoot } from "./as_root.ts";
import { run } from "./run.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

/**
 * Mounts an empty disk of exFAT, which knows neither modes nor hard links, does not tell capitals apart and takes no `:` or `?`
 * in a name. Needs root, or sudo without a password, and FUSE.
 */
export async function exfatDisk(): Promise<TempFolder> {
  const place = await tempFolder();
  const image = join(place.path, "disk.img");
  const path = join(place.path, "mounted");
  await Deno.mkdir(path);
  await Deno.writeFile(image, new Uint8Array(0));
  await Deno.truncate(image, 32 * 1_048_576);
  await run("sh", ["-c", 'PATH=$PATH:/usr/sbin:/sbin; mkfs.exfat "$1"', "sh", image]);
  const user = `uid=${Deno.uid()},gid=${Deno.gid()}`;
  await asRoot("mount", ["-t", "exfat-fuse", "-o", `loop,${user}`, image, path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await asRoot("umount", ["--lazy", path]);
      await place[Symbol.asyncDispose]();
    },
  };
}
