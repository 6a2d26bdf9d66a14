import { fdatasync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkContent, type ContentReport, type ContentTaker } from "../archive/check_content.ts";
import type { ArchiveEntry } from "../archive/read.ts";
import type { FileRecord } from "../archive/types.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { FileListWriter, type ListedFile } from "./file_list.ts";
import { stagedPath } from "./file_places.ts";
import { SMALL_BYTES } from "./hash_live_file.ts";
import type { FilesPart, FilesStaging } from "./journal.ts";
import { LiveFiles } from "./live_files.ts";
import { NewFile } from "./new_file.ts";
import { exists } from "./staging.ts";
import { namingFault } from "./unplaced.ts";

/** What to unpack of an archive while it is checked, and where to. Everything in it can be sent to a thread. */
export interface UnpackOrder {
  /** Path of the ZIP. */
  readonly archive: string;
  /** New files by entry; their folders are made. */
  readonly targets: ReadonlyMap<string, string>;
  /** Folder for every entry that `targets` does not name. */
  readonly others?: string | undefined;
  readonly files: readonly UnpackFiles[];
  /** Unpacks what is whole though not what was recorded, too. */
  readonly acceptChanged?: boolean | undefined;
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

/** Where the files of a part go. */
export interface UnpackFiles {
  readonly part: FilesPart;
  readonly stagings: readonly FilesStaging[];
  /** The list to be written. */
  readonly list: string;
  /** Files that go nowhere. */
  readonly except: ReadonlySet<string>;
  /** When the restore began: a file that was touched later is staged, whatever it holds. */
  readonly begunAt: number;
  /** Whether the archive tells the modes of the files. */
  readonly hasModes: boolean;
}

/** Options of {@linkcode unpackContent}. */
export interface UnpackOptions {
  /** Told how many bytes were read since the last call. May throw to stop. */
  readonly onBytes: (bytes: number) => void;
  /** Told of each entry of `targets` whose content is complete and right; it may not be durable yet. */
  readonly onFile: (entryPath: string) => void;
  /**
   * Told of each entry of `targets` and `others` whose name the disk does not take: it is checked all the same. Those of a
   * part are in its list.
   */
  readonly onRefused?: (entryPath: string) => void;
}

/** Flushes under way: enough for a disk to join them, few enough open files. */
const FLUSHES_AT_ONCE = 64;

const flushFile = promisify(fdatasync);

/**
 * Checks an archive as {@linkcode checkContent} does and unpacks it in the same pass: each byte is inflated, hashed
 * and compared once.
 *
 * When the report has no problem, everything that was ordered is there, compared with what was recorded and
 * durable. Files that are live already with the very content are named in the list and not staged.
 *
 * @throws {AppError} `storage.*`
 */
export async function unpackContent(
  order: UnpackOrder,
  options: UnpackOptions,
): Promise<ContentReport> {
  await using work = await Unpacking.begin(order, options);
  const report = await checkContent({
    path: order.archive,
    elsewhere: order.large?.entry.path,
    acceptChanged: order.acceptChanged,
  }, {
    onBytes: options.onBytes,
    takerOf: (entry) => work.takerOf(entry),
  });
  await work.finish();
  return report;
}

/** Where an entry goes that is none of the parts'; `null`: nowhere. */
export function pathOf(
  { path, stored = path }: ArchiveEntry,
  { targets, others }: Pick<UnpackOrder, "targets" | "others">,
): string | null {
  return targets.get(path) ?? targets.get(stored) ??
    (others === undefined ? null : join(others, path));
}

/** A part that is being unpacked. */
interface UnpackedPart {
  readonly files: UnpackFiles;
  readonly list: FileListWriter;
  readonly live: LiveFiles;
}

class Unpacking implements AsyncDisposable {
  readonly #order: UnpackOrder;
  readonly #options: UnpackOptions;
  readonly #parts: readonly UnpackedPart[];
  readonly #folders = new Set<string>();
  readonly #flushes = new Set<Promise<void>>();
  readonly #open = new Set<NewFile>();
  #failure: { readonly error: unknown } | null = null;

  private constructor(order: UnpackOrder, options: UnpackOptions, parts: UnpackedPart[]) {
    this.#order = order;
    this.#options = options;
    this.#parts = parts;
  }

  static async begin(order: UnpackOrder, options: UnpackOptions): Promise<Unpacking> {
    const parts: UnpackedPart[] = [];
    for (const files of order.files) {
      const list = await FileListWriter.create(files.list);
      parts.push({ files, list, live: new LiveFiles(files) });
    }
    return new Unpacking(order, options, parts);
  }

  takerOf(entry: ArchiveEntry): ContentTaker | null {
    const part = this.#parts.find(({ files }) => files.part === entry.part);
    if (part !== undefined) {
      const path = entry.path.slice(part.files.part.length + 1);
      return part.files.except.has(path) ? null : this.#takeFile({ ...part, entry, path });
    }
    const path = pathOf(entry, this.#order);
    if (path === null) return null;
    const isAwaited = this.#order.targets.has(entry.path);
    const file = this.#tryCreate(path);
    if (typeof file === "string") {
      this.#options.onRefused?.(entry.path);
      return null;
    }
    return this.#takeInto(file, () => {
      if (isAwaited) this.#options.onFile(entry.path);
    });
  }

  /** Waits for what is still being flushed. The folders follow: their names are durable then too. */
  async finish(): Promise<void> {
    await Promise.all(this.#flushes);
    if (this.#failure !== null) throw this.#failure.error;
    for (const { list } of this.#parts) await list.finish();
    if (!this.#order.durable) return;
    for (const folder of this.#folders) await syncFolder(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#flushes);
    for (const file of this.#open) file[Symbol.dispose]();
    for (const { list } of this.#parts) list[Symbol.dispose]();
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

  #takeFile(
    { entry, path, files, list, live }: UnpackedPart & { entry: ArchiveEntry; path: string },
  ): ContentTaker {
    const note = (record: FileRecord, marks: Pick<ListedFile, "untouched" | "refused"> = {}) => {
      const mode = files.hasModes && entry.mode !== null ? { mode: entry.mode } : {};
      return list.add({ ...record, path, ...mode, ...marks });
    };
    const staged = stagedPath(files, path);
    if (entry.size > SMALL_BYTES) {
      const file = this.#tryCreate(staged);
      if (typeof file === "string") {
        return { take: () => {}, finish: (record) => note(record, { refused: file }) };
      }
      const taker = this.#takeInto(file);
      return {
        take: taker.take,
        finish: async (record) => {
          await taker.finish(record);
          await note(record);
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
        const untouched = live.find(path, content);
        if (untouched !== null) return await note(record, { untouched });
        const file = this.#tryCreate(staged);
        if (typeof file === "string") return await note(record, { refused: file });
        file.write(content);
        file.end(content.length);
        await this.#flush(file);
        await note(record);
      },
    };
  }

  /** Makes a file; a text says why the disk does not take its name. */
  #tryCreate(path: string): NewFile | string {
    try {
      return this.#create(path);
    } catch (error) {
      const reason = namingFault(error);
      if (reason === null) throw error;
      return reason;
    }
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
