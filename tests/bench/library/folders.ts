import { join } from "node:path";

/** Copies a folder of plain files. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** Removes a file or a folder with all in it, if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes every file of at least a mebibyte under a folder, at any depth. */
export async function removeLargeFiles(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await removeLargeFiles(path);
    else if ((await Deno.stat(path)).size >= 1_048_576) await Deno.remove(path);
  }
}

/** Counts the files of a folder, at any depth, and their bytes. */
export async function sizeOfFolder(folder: string): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const inside = isDirectory
      ? await sizeOfFolder(path)
      : { files: 1, bytes: (await Deno.stat(path)).size };
    files += inside.files;
    bytes += inside.bytes;
  }
  return { files, bytes };
}
