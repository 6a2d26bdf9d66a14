import { fdatasync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkContent, type ContentReport, type ContentTaker } from "../archive/check_content.ts";
import type { ArchiveEntry } from "../archive/read.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { CoverListWriter, type ListedCover } from "./cover_list.ts";
import { stagingOf } from "./cover_mounts.ts";
import { SMALL_BYTES } from "./hash_cover.ts";
import type { CoversStaging } from "./journal.ts";
import { LiveCovers } from "./live_covers.ts";
import { NewFile } from "./new_file.ts";
import { exists } from "./staging.ts";

/** What to unpack of an archive while it is checked, and where to. Everything in it can be sent to a thread. */
export interface UnpackOrder {
  /** Path of the ZIP. */
  readonly archive: string;
  /** New files by entry; their folders are made. */
  readonly targets: ReadonlyMap<string, string>;
  /** Folder for every entry that `targets` does not name. */
  readonly others?: string | undefined;
  readonly covers: UnpackCovers | null;
  /** Whether what is written must survive a power cut. */
  readonly durable: boolean;
  /** An entry that is unpacked by threads of its own, beside the others. */
  readonly large?: LargeEntry | null | undefined;
}

/** An entry that is worth threads of its own. */
export interface LargeEntry {
  readonly entry: ArchiveEntry;
  /** The first byte after it that is not its own. */
  readonly limit: number;
}

/** Where covers go. */
export interface UnpackCovers {
  /** The live covers, links resolved. */
  readonly folder: string;
  readonly stagings: readonly CoversStaging[];
  /** The list to be written. */
  readonly list: string;
  /** When the restore began: a cover that was touched later is staged, whatever it holds. */
  readonly begunAt: number;
}

/** Options of {@linkcode unpackContent}. */
export interface UnpackOptions {
  /** Told how many bytes were read since the last call. May throw to stop. */
  readonly onBytes: (bytes: number) => void;
  /** Told of each entry of `targets` whose content is complete and right; it may not be durable yet. */
  readonly onFile: (entryPath: string) => void;
}

/** Flushes under way: enough for a disk to join them, few enough open files. */
const FLUSHES_AT_ONCE = 64;

const flushFile = promisify(fdatasync);

/**
 * Checks an archive as {@linkcode checkContent} does and unpacks it in the same pass: each byte is inflated, hashed
 * and compared once.
 *
 * When the report has no problem, everything that was ordered is there, compared with what was recorded and
 * durable. Covers that are live already with the very content are named in the list and not staged.
 *
 * @throws {AppError} `storage.*`
 */
export async function unpackContent(
  order: UnpackOrder,
  options: UnpackOptions,
): Promise<ContentReport> {
  await using work = await Unpacking.begin(order, options);
  const report = await checkContent({ path: order.archive, elsewhere: order.large?.entry.path }, {
    onBytes: options.onBytes,
    takerOf: (entry) => work.takerOf(entry),
  });
  await work.finish();
  return report;
}

/** Where an entry that is no cover goes; `null`: nowhere. */
export function pathOf(
  { path }: ArchiveEntry,
  { targets, others }: Pick<UnpackOrder, "targets" | "others">,
): string | null {
  return targets.get(path) ?? (others === undefined ? null : join(others, path));
}

class Unpacking implements AsyncDisposable {
  readonly #order: UnpackOrder;
  readonly #options: UnpackOptions;
  readonly #list: CoverListWriter | null;
  readonly #live: LiveCovers | null;
  readonly #folders = new Set<string>();
  readonly #flushes = new Set<Promise<void>>();
  readonly #open = new Set<NewFile>();
  #failure: { readonly error: unknown } | null = null;

  private constructor(order: UnpackOrder, options: UnpackOptions, list: CoverListWriter | null) {
    this.#order = order;
    this.#options = options;
    this.#list = list;
    this.#live = order.covers === null ? null : new LiveCovers(order.covers);
  }

  static async begin(order: UnpackOrder, options: UnpackOptions): Promise<Unpacking> {
    const list = order.covers === null ? null : await CoverListWriter.create(order.covers.list);
    return new Unpacking(order, options, list);
  }

  takerOf(entry: ArchiveEntry): ContentTaker | null {
    const { covers } = this.#order;
    if (covers !== null && entry.part === "covers") return this.#takeCover(entry, covers);
    const path = pathOf(entry, this.#order);
    if (path === null) return null;
    const isAwaited = this.#order.targets.has(entry.path);
    return this.#takeInto(this.#create(path), () => {
      if (isAwaited) this.#options.onFile(entry.path);
    });
  }

  /** Waits for what is still being flushed. The folders follow: their names are durable then too. */
  async finish(): Promise<void> {
    await Promise.all(this.#flushes);
    if (this.#failure !== null) throw this.#failure.error;
    await this.#list?.finish();
    if (!this.#order.durable) return;
    for (const folder of this.#folders) await syncFolder(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#flushes);
    for (const file of this.#open) file[Symbol.dispose]();
    this.#list?.[Symbol.dispose]();
  }

  #takeInto(file: NewFile, then: () => void | Promise<void> = () => {}): ContentTaker {
    return {
      take: (piece) => file.write(piece),
      finish: async ({ size }) => {
        file.end(size);
        await this.#flush(file);
        await then();
      },
    };
  }

  #takeCover(entry: ArchiveEntry, covers: UnpackCovers): ContentTaker {
    const path = entry.path.slice("covers/".length);
    const staged = join(stagingOf(covers.stagings, path).path, "covers", path);
    if (entry.size > SMALL_BYTES) {
      const file = this.#create(staged);
      const taker = this.#takeInto(file);
      return {
        take: taker.take,
        finish: async (record) => {
          await taker.finish(record);
          await this.#note({ ...record, path });
        },
      };
    }
    const content = new Uint8Array(entry.size);
    let filled = 0;
    return {
      take: (piece) => {
        content.set(piece, filled);
        filled += piece.length;
      },
      finish: async (record) => {
        const untouched = this.#live?.find(path, content) ?? null;
        if (untouched === null) {
          const file = this.#create(staged);
          file.write(content);
          file.end(content.length);
          await this.#flush(file);
        }
        await this.#note({ ...record, path, ...untouched === null ? {} : { untouched } });
      },
    };
  }

  async #note(cover: ListedCover): Promise<void> {
    await this.#list?.add(cover);
  }

  #create(path: string): NewFile {
    this.#makeFolder(dirname(path));
    const file = new NewFile(path);
    this.#open.add(file);
    return file;
  }

  /** Remembers each folder that is given a new name, to be flushed. */
  #makeFolder(path: string): void {
    if (this.#folders.has(path)) return;
    if (!exists(path)) {
      this.#makeFolder(dirname(path));
      try {
        Deno.mkdirSync(path, { mode: 0o700 });
      } catch (error) {
        // Whoever unpacks the large entry may have made it meanwhile.
        if (!isOsError(error, "EEXIST")) throw fromOsError(error, path);
      }
    }
    this.#folders.add(path);
  }

  async #flush(file: NewFile): Promise<void> {
    if (!this.#order.durable) return this.#close(file);
    const flush: Promise<void> = flushFile(file.descriptor)
      .catch((error) => {
        this.#failure ??= { error: fromOsError(error, file.path) };
      })
      .finally(() => {
        this.#close(file);
        this.#flushes.delete(flush);
      });
    this.#flushes.add(flush);
    if (this.#flushes.size >= FLUSHES_AT_ONCE) await Promise.race(this.#flushes);
    if (this.#failure !== null) throw this.#failure.error;
  }

  #close(file: NewFile): void {
    this.#open.delete(file);
    file[Symbol.dispose]();
  }
}
