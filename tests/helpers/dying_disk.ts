import { basename, join } from "node:path";
import { asRoot } from "./as_root.ts";
import { run } from "./run.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";

const BLOCK_BYTES = 1024;

/**
 * Mounts a disk of which the end is gone: reading one file gives EIO from some place on. Needs root, or sudo without a
 * password.
 *
 * @param folder What the disk holds beside that file.
 * @param victim Path of the file to be put on it.
 * @param soundBytes How much of that file can still be read.
 */
export async function dyingDisk(
  folder: string,
  victim: string,
  soundBytes: number,
): Promise<TempFolder> {
  const place = await tempFolder();
  const image = join(place.path, "disk.img");
  const path = join(place.path, "mounted");
  const name = basename(victim);
  await Deno.mkdir(path);
  await tool("mkfs.ext2", "-q", "-b", String(BLOCK_BYTES), "-d", folder, image, "64M");
  await tool("debugfs", "-w", "-R", `write ${victim} ${name}`, image);
  const blocks = (await tool("debugfs", "-R", `blocks ${name}`, image)).trim().split(/\s+/);
  await asRoot("mount", ["-o", "loop,ro", image, path]);
  // Blocks of pointers come between those of the file; a few bytes more or less do not matter.
  const first = blocks[Math.ceil(soundBytes / BLOCK_BYTES * 1.01)];
  await Deno.truncate(image, Number(first) * BLOCK_BYTES);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await asRoot("umount", ["--lazy", path]);
      await place[Symbol.asyncDispose]();
    },
  };
}

async function tool(...words: string[]): Promise<string> {
  const { stdout } = await run("sh", ["-c", 'PATH=$PATH:/usr/sbin:/sbin; "$@"', "sh", ...words]);
  return stdout;
}
