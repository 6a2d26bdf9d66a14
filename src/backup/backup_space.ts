import type { Config, Part } from "../config/types.ts";
import { type FreeSpace, readFreeSpace, requireSpace } from "../storage/free_space.ts";
import { estimateBytes } from "./estimate.ts";

/** The space a backup needs, held against what was free before its first byte was written. */
export class BackupSpace {
  readonly #config: Config;
  readonly #includes: readonly Part[];
  readonly #space: FreeSpace;
  #neededBytes = 0;

  private constructor(config: Config, includes: readonly Part[], space: FreeSpace) {
    this.#config = config;
    this.#includes = includes;
    this.#space = space;
  }

  /**
   * Looks at the volume, and refuses a backup that has no space there for the database alone.
   *
   * @throws {AppError} `space.insufficient`, `storage.*`.
   */
  static async find(config: Config, includes: readonly Part[]): Promise<BackupSpace> {
    const found = new BackupSpace(config, includes, await readFreeSpace(config.backup.path));
    await found.require(0);
    return found;
  }

  /**
   * Refuses a backup that has no space with so many bytes of covers and extra files.
   *
   * @throws {AppError} `space.insufficient`
   */
  async require(fileBytes: number): Promise<void> {
    const bytes = await estimateBytes(this.#config, this.#includes, fileBytes);
    // A few settings are saved however full the disk is: before a restore of them, say.
    const isSmall = this.#includes.every((part) => part === "config");
    const reserveBytes = isSmall ? 0 : this.#config.backup.reserveBytes;
    this.#neededBytes = requireSpace(this.#space, bytes, { reserveBytes });
  }

  /** Bytes that had to be free, the reserve included, as far as is known. */
  get neededBytes(): number {
    return this.#neededBytes;
  }
}
