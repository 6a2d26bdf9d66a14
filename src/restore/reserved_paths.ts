import { basename, dirname, join } from "node:path";
import { foldPath } from "../archive/entry_path.ts";
import { realPath } from "../base/real_path.ts";
import type { Config } from "../config/types.ts";

/** Files of its folder that belong to the config part. */
export const CONFIG_FILE = /\.(?:ya?ml|json)$/i;

/** Who a reserved place belongs to: the database and this service, which alone may touch it, or another part as well. */
export type ReservedFor = "us" | "any";

/**
 * The places that belong to other parts of the library and to this service: no extra file is ever written to one,
 * whatever `backup.extra_paths` names.
 *
 * Compared as a disk would that does not tell capitals apart.
 */
export class ReservedPaths {
  readonly #ours: Places;
  readonly #all: Places;
  /** Where the config part's files lie; `null` when that is the root, where only the config file is one. */
  readonly #configFolder: string | null;

  private constructor(ours: Places, all: Places, configFolder: string | null) {
    this.#ours = ours;
    this.#all = all;
    this.#configFolder = configFolder === null ? null : foldPath(configFolder);
  }

  /** Finds the real places, links followed. */
  static async find({ path, root, database, covers, backup }: Config): Promise<ReservedPaths> {
    const live = await realPath(database.path);
    const companions = ["-wal", "-shm", "-journal"].map((end) => live + end);
    const ours = new Places(
      [live, ...companions, await realPath(backup.stateFile)],
      [await realPath(backup.path)],
    );
    const config = await realPath(path ?? join(root, "config.yaml"));
    const all = new Places(
      [...ours.files, config, join(await realPath(root), ".env.example")],
      // The library runs its migrations as code.
      [...ours.folders, await realPath(covers), await realPath(database.migrations)],
    );
    const isInRoot = path === null || dirname(path) === root;
    return new ReservedPaths(ours, all, isInRoot ? null : dirname(config));
  }

  /** Tells whether a file is reserved, or something reserved is below its path. */
  has(path: string, whose: ReservedFor = "any"): boolean {
    const folded = foldPath(path);
    if (/^\.(?:shuku|restore)-/.test(basename(folded))) return true;
    return whose === "us"
      ? this.#ours.touch(folded)
      : this.#all.touch(folded) || this.#isConfig(folded);
  }

  /** Tells whether all that a folder holds is reserved. */
  hasFolder(path: string, whose: ReservedFor = "any"): boolean {
    return (whose === "us" ? this.#ours : this.#all).hold(foldPath(path));
  }

  #isConfig(folded: string): boolean {
    return dirname(folded) === this.#configFolder && CONFIG_FILE.test(folded);
  }
}

class Places {
  readonly files: readonly string[];
  readonly folders: readonly string[];

  constructor(files: readonly string[], folders: readonly string[]) {
    this.files = files.map(foldPath);
    this.folders = folders.map(foldPath);
  }

  /** Whether a path is one of them, in one of them, or around one. */
  touch(path: string): boolean {
    return this.files.includes(path) || this.hold(path) ||
      [...this.files, ...this.folders].some((place) => place.startsWith(`${path}/`));
  }

  hold(path: string): boolean {
    return this.folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
  }
}
