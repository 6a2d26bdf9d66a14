import { statfsSync } from "node:fs";
import { join } from "node:path";
import { asRoot } from "./as_root.ts";
import { tempFolder } from "./temp_folder.ts";

/** A file system of its own, small enough to be filled to the last byte. */
export interface SmallVolume extends AsyncDisposable {
  readonly path: string;
  /** Fills it, as another program may at any moment, until this many bytes are free. */
  fillLeaving(bytes: number): void;
  /** Takes the filling away. */
  free(): void;
  /** Makes it read-only, as the kernel does with a dying disk, or writable again. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
}

const CHUNK = new Uint8Array(1_048_576);

/**
 * Mounts a {@linkcode SmallVolume}; needs root, or sudo without a password.
 *
 * @param options `files`: how many files and folders it can hold.
 */
export async function smallVolume(
  sizeBytes: number,
  { files = 0 }: { files?: number } = {},
): Promise<SmallVolume> {
  const folder = await tempFolder();
  const { path } = folder;
  await asRoot("mount", [
    "-t",
    "tmpfs",
    "-o",
    `size=${sizeBytes},nr_inodes=${files},mode=0777`,
    "tmpfs",
    path,
  ]);
  const filling = join(path, "filling");
  const free = () => {
    try {
      Deno.removeSync(filling);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  return {
    path,
    free,
    fillLeaving: (bytes) => {
      free();
      using file = Deno.openSync(filling, { write: true, createNew: true });
      while (true) {
        const room = freeBytes(path) - bytes;
        if (room <= 0) break;
        file.writeSync(CHUNK.subarray(0, Math.min(room, CHUNK.length)));
      }
    },
    setReadOnly: (isReadOnly) =>
      asRoot("mount", ["-o", `remount,${isReadOnly ? "ro" : "rw"}`, path]),
    [Symbol.asyncDispose]: async () => {
      await asRoot("umount", ["--lazy", path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
