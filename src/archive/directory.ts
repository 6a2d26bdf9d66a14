import { Buffer } from "node:buffer";
import { AppError, isAppError } from "../base/errors.ts";
import { centralRecordBytes, decodeCentralRecord } from "./central_record.ts";
import { type ArchiveEntry, checkRecord, isFolder } from "./check_record.ts";
import { type EndRecord, readEnd } from "./end_record.ts";
import { EntryNames } from "./entry_names.ts";
import { Extents } from "./extents.ts";
import { MAX_ENTRIES, MAX_PROBLEMS } from "./limits.ts";
import type { RandomAccess } from "./random_access.ts";
import { WrapperFinder } from "./wrapper.ts";

const CHUNK_BYTES = 256 * 1024;

/** Told of an entry that is refused; `null` for the directory as a whole. */
export type ReportProblem = (error: AppError) => void;

/** The directory at the end of an archive: checked once as a whole, read as a stream, never held. */
export class Directory {
  readonly #file: RandomAccess;
  readonly #end: EndRecord;
  #extents: Extents;
  #wrapper: string | null = null;

  private constructor(file: RandomAccess, end: EndRecord) {
    this.#file = file;
    this.#end = end;
    this.#extents = new Extents(end.directoryAt);
  }

  /**
   * Finds the directory and checks every entry in it: names, collisions, methods, attributes, overlap.
   *
   * Costs a pass over the directory and some 40 bytes of memory for each entry.
   *
   * @param onProblem Told of each entry that is refused; without it the first is thrown.
   * @throws {AppError} `archive.not_zip`, `archive.damaged`, `archive.hostile`, `archive.unsupported`,
   *   `archive.too_large`.
   */
  static async open(
    file: RandomAccess,
    options: { signal?: AbortSignal | undefined; onProblem?: ReportProblem | undefined } = {},
  ): Promise<Directory> {
    const end = await readEnd(file);
    if (end.entries > MAX_ENTRIES) {
      throw new AppError("archive.too_large", {
        found: `${end.entries} entries`,
        limit: MAX_ENTRIES,
      });
    }
    const directory = new Directory(file, end);
    await directory.#check(options.signal, options.onProblem);
    return directory;
  }

  /** A folder around everything that is inside, with its slash; entries are given without it. `null`: none. */
  get wrapper(): string | null {
    return this.#wrapper;
  }

  /** Entries that are files, in the directory's order; those that were refused are left out. */
  async *entries(signal?: AbortSignal): AsyncGenerator<ArchiveEntry> {
    for await (const record of this.#records(signal)) {
      const entry = tryCheck(() => checkRecord(record, this.#wrapper), () => {});
      if (entry !== null && !isFolder(entry) && !this.#isBesideWrapper(entry)) yield entry;
    }
  }

  /** Finds one file by its exact name; `null` when there is none, or it was refused. */
  async find(path: string): Promise<ArchiveEntry | null> {
    const name = Buffer.from((this.#wrapper ?? "") + path, "utf8");
    for await (const record of this.#records()) {
      if (!name.equals(record.name)) continue;
      const entry = tryCheck(() => checkRecord(record, this.#wrapper), () => {});
      if (entry !== null && !isFolder(entry)) return entry;
    }
    return null;
  }

  /** The first byte after an entry that is not its own. */
  limitOf(entry: ArchiveEntry): number {
    return this.#extents.next(entry.offset);
  }

  async #check(signal: AbortSignal | undefined, onProblem: ReportProblem | undefined) {
    const report = onProblem ?? ((error: AppError) => {
      throw error;
    });
    const problems: AppError[] = [];
    const finder = new WrapperFinder();
    await this.#checkRecords(signal, (error) => {
      // Nothing that is refused with a folder around it is good without.
      if (onProblem === undefined) throw error;
      if (problems.length < MAX_PROBLEMS) problems.push(error);
    }, finder);
    this.#wrapper = finder.find();
    if (this.#wrapper === null) return problems.forEach(report);
    this.#extents = new Extents(this.#end.directoryAt);
    await this.#checkRecords(signal, report, null);
  }

  async #checkRecords(
    signal: AbortSignal | undefined,
    report: ReportProblem,
    finder: WrapperFinder | null,
  ): Promise<void> {
    const names = new EntryNames();
    for await (const record of this.#records(signal)) {
      tryCheck(() => {
        const entry = checkRecord(record, this.#wrapper);
        if (!isFolder(entry)) finder?.see(entry.path);
        // What is beside the wrapper may have the same names as what is in it.
        const path = this.#isBesideWrapper(entry) ? `/${entry.path}` : entry.path;
        if (isFolder(entry)) names.addFolder(path.slice(0, -1));
        else names.addFile(path);
        this.#extents.add(entry.offset, record.name.length + entry.compressedSize, entry.path);
        return entry;
      }, report);
    }
    tryCheck(() => this.#extents.check(), report);
  }

  #isBesideWrapper({ stored }: ArchiveEntry): boolean {
    return this.#wrapper !== null && stored === undefined;
  }

  async *#records(signal?: AbortSignal) {
    let rest: Buffer = Buffer.alloc(0);
    let position = this.#end.directoryAt;
    let count = 0;
    const endAt = position + this.#end.directoryBytes;
    while (position < endAt) {
      signal?.throwIfAborted();
      const chunk = await this.#file.read(position, Math.min(CHUNK_BYTES, endAt - position));
      position += chunk.length;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (;;) {
        const length = centralRecordBytes(bytes, at);
        if (length === null) break;
        if (++count > this.#end.entries) throw disagree(count);
        yield decodeCentralRecord(bytes, at);
        at += length;
      }
      rest = bytes.subarray(at);
    }
    if (rest.length > 0 || count !== this.#end.entries) throw disagree(count);
  }
}

function tryCheck<Result>(check: () => Result, report: ReportProblem): Result | null {
  try {
    return check();
  } catch (error) {
    if (!isAppError(error)) throw error;
    report(error);
    return null;
  }
}

function disagree(count: number): AppError {
  return new AppError("archive.damaged", {
    found: `the directory's records (${count}) disagree with its announced number or size`,
  });
}
