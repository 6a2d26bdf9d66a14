import type { ArchiveEntry } from "./check_record.ts";
import { Directory, type ReportProblem } from "./directory.ts";
import { METADATA_PATH } from "./entry_path.ts";
import { readFileRecords } from "./file_records.ts";
import { MetadataReader, type ReadMetadata } from "./metadata.ts";
import { RandomAccess } from "./random_access.ts";
import { readEntry } from "./read_entry.ts";
import { releaseInflated } from "./release_memory.ts";
import type { FileRecord } from "./types.ts";

export type { ArchiveEntry } from "./check_record.ts";

/** Options of {@linkcode openArchive}. */
export interface OpenArchiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each entry that is refused and then left out; without it the first one is thrown. */
  readonly onProblem?: ReportProblem | undefined;
}

/**
 * Opens an archive whoever wrote it, and checks its directory before anything is taken from it.
 *
 * What is checked: every name, names that collide on any system, encryption, methods, links and devices,
 * overlapping entries, sizes that cannot be, the number of entries. Memory: some 40 bytes an entry.
 *
 * @throws {AppError} `archive.not_zip`, `archive.damaged`, `archive.hostile`, `archive.unsupported`,
 *   `archive.too_large`, `storage.missing`, `storage.permission`.
 */
export async function openArchive(
  path: string,
  options: OpenArchiveOptions = {},
): Promise<Archive> {
  const file = await RandomAccess.open(path);
  try {
    return new Archive(file, await Directory.open(file, options));
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/** An open archive. Several entries may be read at once. */
export class Archive implements AsyncDisposable {
  readonly #file: RandomAccess;
  readonly #directory: Directory;

  /** @see {@linkcode openArchive} */
  constructor(file: RandomAccess, directory: Directory) {
    this.#file = file;
    this.#directory = directory;
  }

  /** Bytes of the archive's file. */
  get size(): number {
    return this.#file.size;
  }

  /** A folder around everything that is inside, with its slash; entries are given without it. `null`: none. */
  get wrapper(): string | null {
    return this.#directory.wrapper;
  }

  /**
   * Lists the files inside, in the directory's order, reading the directory as it goes.
   *
   * Unknown top-level folders are listed too; their `part` is `null`. Folders are not listed.
   */
  entries(options: { signal?: AbortSignal } = {}): AsyncIterable<ArchiveEntry> {
    return this.#directory.entries(options.signal);
  }

  /** Finds one file by its exact name; a pass over the directory. */
  find(path: string): Promise<ArchiveEntry | null> {
    return this.#directory.find(path);
  }

  /**
   * Reads a file inside; see {@linkcode readEntry} for what is checked on the way.
   *
   * @throws {AppError} `archive.damaged`, possibly after most of the content was yielded; the signal's reason.
   */
  read(
    entry: ArchiveEntry,
    options: { signal?: AbortSignal | undefined } = {},
  ): AsyncIterable<Uint8Array> {
    const limit = this.limitOf(entry);
    return readEntry(this.#file, entry, { limit, signal: options.signal });
  }

  /** The first byte after an entry that is not its own: what another thread must know to read it. */
  limitOf(entry: ArchiveEntry): number {
    return this.#directory.limitOf(entry);
  }

  /**
   * Reads `metadata.json`; `null` when there is none. Holds nothing of its list of files.
   *
   * @param onFiles Given the files that it lists as they are read, some at a time; worth something only when this
   *   resolves.
   * @throws {AppError} `archive.damaged`, `archive.too_large`.
   */
  async readMetadata(
    onFiles?: (files: readonly FileRecord[]) => void,
  ): Promise<ReadMetadata | null> {
    const entry = await this.find(METADATA_PATH);
    if (entry === null) return null;
    const reader = new MetadataReader(onFiles);
    for await (const piece of this.read(entry)) {
      reader.push(piece);
      releaseInflated(piece);
    }
    return reader.finish();
  }

  /**
   * Reads the files that `metadata.json` lists, one after the other; none when there is no list.
   *
   * @throws {AppError} `archive.damaged`, `archive.too_large`, possibly after many files.
   */
  async *files(): AsyncGenerator<FileRecord> {
    const entry = await this.find(METADATA_PATH);
    if (entry !== null) yield* readFileRecords(this.read(entry));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}
