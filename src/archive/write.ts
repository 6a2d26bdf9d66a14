import { AppError, isAppError } from "../base/errors.ts";
import type { FileHashes, FileRecord } from "./types.ts";
import { ArchiveFollower } from "./archive_follower.ts";
import { ArchiveOutput } from "./archive_output.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { ByteList } from "./byte_list.ts";
import { encodeCentralRecord } from "./central_record.ts";
import type { ContentReport } from "./check_content.ts";
import { dosTime } from "./dos_time.ts";
import { EntryEncoder } from "./entry_encoder.ts";
import {
  type EntryContent,
  type EntrySource,
  readAhead,
  readHead,
  sizeOf,
} from "./entry_content.ts";
import { EntryNames } from "./entry_names.ts";
import { checkEntryPath } from "./entry_path.ts";
import { encodeEnd } from "./end_record.ts";
import { MAX_ENTRIES, READ_AHEAD_FILES } from "./limits.ts";
import { Slots } from "./slots.ts";
import { SmallFileReader } from "./small_file_reader.ts";

/** Options of {@linkcode createArchive}. */
export interface CreateArchiveOptions {
  /** 0 (as it is) to 9 (smallest). */
  readonly level: number;
  /** IANA name; entries carry local time. */
  readonly timeZone: string;
  readonly signal?: AbortSignal;
  /** Mode of the file; default 0600. */
  readonly mode?: number;
  /** Told how many bytes of content were read since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Reads everything back while it is written, for {@linkcode ArchiveWriter.verify}. */
  readonly verify?: boolean;
  /** Told how many bytes of content were read back since the last call. */
  readonly onVerified?: (bytes: number) => void;
  /** Another deflating worker, for tests. */
  readonly deflateWorker?: URL;
}

/** A file to add. */
export interface NewEntry {
  /** Name in the archive. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Permission bits, of which those for user, group and others are kept; default 0600. */
  readonly mode?: number;
  readonly source: EntrySource;
}

/** What became of one of {@linkcode ArchiveWriter.addAll}'s entries. */
export type AddOutcome<Entry extends NewEntry> =
  | { readonly entry: Entry; readonly record: FileRecord }
  | { readonly entry: Entry; readonly error: AppError };

/**
 * Begins an archive at `path`, which must not exist.
 *
 * Memory stays bounded whatever is added: a few blocks for each core, and about 100 bytes for each entry.
 *
 * @throws {AppError} `storage.exists`, `storage.missing`, `storage.permission`, `storage.full`.
 */
export async function createArchive(
  path: string,
  options: CreateArchiveOptions,
): Promise<ArchiveWriter> {
  options.signal?.throwIfAborted();
  const { mode = 0o600, verify = false, signal, onVerified } = options;
  const follower = new ArchiveFollower(path, { check: verify, signal, onChecked: onVerified });
  const output = await ArchiveOutput.create(path, {
    mode,
    onWritten: (bytes) => follower.wrote(bytes),
  });
  return new ArchiveWriter(output, follower, options);
}

/**
 * Writes one archive. Entries stand in the order of the calls to {@linkcode ArchiveWriter.add}.
 *
 * Disposed before {@linkcode ArchiveWriter.finish} has resolved, it leaves no file; no thread outlives it.
 */
export class ArchiveWriter implements AsyncDisposable {
  readonly #output: ArchiveOutput;
  readonly #follower: ArchiveFollower;
  readonly #options: CreateArchiveOptions;
  readonly #encoder: EntryEncoder;
  readonly #reader = new SmallFileReader();
  readonly #names = new EntryNames();
  readonly #directory = new ByteList();
  readonly #slots = new Slots(READ_AHEAD_FILES);
  #entries = 0;
  /** Settles when every entry so far is written or refused; never rejects. */
  #turn: Promise<void> = Promise.resolve();
  /** Why nothing more can be written: an entry stopped half way. */
  #failure: { readonly error: unknown } | null = null;

  /** @see {@linkcode createArchive} */
  constructor(output: ArchiveOutput, follower: ArchiveFollower, options: CreateArchiveOptions) {
    this.#output = output;
    this.#follower = follower;
    this.#options = options;
    this.#encoder = new EntryEncoder(output, options);
  }

  /**
   * Adds a file and tells its size and SHA-256 as they were read.
   *
   * May be called again before it resolves: small files are then read ahead, several at once, and still
   * stand in the order of the calls. When it rejects before any byte was written for the entry — the file
   * is missing, the name is refused — the archive goes on without it; else every later call rejects too, unless the entry is
   * one that may be dropped.
   *
   * @throws {AppError} `storage.missing`, `archive.hostile` (a name that no reader should accept, or that
   *   collides), `archive.too_large`, `storage.full`, `worker.crashed`; the signal's reason.
   */
  async add(entry: NewEntry, { mayDrop = false } = {}): Promise<FileRecord> {
    const before = this.#turn;
    const written = Promise.withResolvers<void>();
    this.#turn = before.then(() => written.promise);
    try {
      using _slot = await this.#slots.acquire();
      this.#throwIfStopped();
      const ahead = await readAhead(entry.source, this.#reader);
      await before;
      return await this.#write(entry, ahead, mayDrop);
    } finally {
      written.resolve();
    }
  }

  /**
   * Adds many, reading small files ahead; yields what became of each, in order.
   *
   * A missing file, an unreadable one or a refused name is an outcome, and so is a file that cannot be read to its end: what
   * was written of it is taken back. Anything that stops the archive is thrown.
   */
  async *addAll<Entry extends NewEntry>(
    entries: AsyncIterable<Entry> | Iterable<Entry>,
  ): AsyncGenerator<AddOutcome<Entry>> {
    const queue: Promise<AddOutcome<Entry>>[] = [];
    for await (const entry of entries) {
      const outcome = this.#tryAdd(entry);
      outcome.catch(() => {}); // Awaited in its turn; an earlier failure may end the loop before.
      queue.push(outcome);
      const first = queue.length >= READ_AHEAD_FILES ? queue.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (const outcome of queue) yield await outcome;
  }

  /**
   * Writes the directory, makes the file durable and closes it. Publishing it is the caller's.
   *
   * @returns Size and hashes of the whole file, as it was read back.
   */
  async finish(): Promise<FileHashes> {
    await this.#turn;
    this.#throwIfStopped();
    const directoryAt = this.#output.position;
    for (const page of this.#directory.pages()) await this.#output.write(page);
    const directoryBytes = this.#directory.length;
    await this.#output.write(encodeEnd({ entries: this.#entries, directoryBytes, directoryAt }));
    await this.#output.flush();
    this.#stopThreads();
    const [hashes] = await bothOrNeither(this.#options.signal, () => [
      this.#follower.finish(),
      this.#output.sync(),
    ]);
    await this.#output.finish();
    return hashes;
  }

  /**
   * Waits until the finished archive is read back to its end; needs the option `verify`.
   *
   * @returns What is wrong with it, if anything: every entry was inflated from the file and held against its CRC-32,
   *   its size and the SHA-256 of what was added, the directory against the entries, the metadata against both.
   * @throws {AppError} `storage.*`, `worker.crashed`; the signal's reason.
   */
  async verify(): Promise<ContentReport> {
    const report = await this.#follower.report();
    if (report === null) throw new TypeError("createArchive() was not asked to verify");
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= { error: new AppError("job.cancelled") };
    this.#stopThreads();
    this.#follower[Symbol.dispose]();
    await this.#turn;
    await this.#output[Symbol.asyncDispose]();
  }

  async #tryAdd<Entry extends NewEntry>(entry: Entry): Promise<AddOutcome<Entry>> {
    try {
      return { entry, record: await this.add(entry, { mayDrop: true }) };
    } catch (error) {
      if (this.#failure === null && error instanceof AppError && !this.#options.signal?.aborted) {
        return { entry, error };
      }
      throw error;
    }
  }

  async #write(
    entry: NewEntry,
    ahead: EntryContent | null,
    mayDrop: boolean,
  ): Promise<FileRecord> {
    this.#throwIfStopped();
    if (this.#entries >= MAX_ENTRIES) {
      throw new AppError("archive.too_large", { found: "one more entry", limit: MAX_ENTRIES });
    }
    const content = ahead ?? await readHead(entry.source, () => this.#encoder.take());
    // A large one: what the reader holds is better left to the threads that deflate.
    if (content.rest !== null) this.#reader.rest();
    try {
      this.#names.addFile(checkEntryPath(entry.path));
      return content.rest !== null && mayDrop
        ? await this.#encodeOrDrop(entry, content)
        : await this.#encode(entry, content).catch((error) => {
          throw this.#stop(error);
        });
    } finally {
      await content.rest?.return?.();
    }
  }

  /** The rest is read while the head is written already, and whoever reads the archive back must not have seen it. */
  async #encodeOrDrop(entry: NewEntry, content: EntryContent): Promise<FileRecord> {
    const offset = this.#output.position;
    this.#output.hold();
    try {
      return await this.#encode(entry, content);
    } catch (error) {
      const isItsOwn = isAppError(error) && error.code.startsWith("storage.");
      if (!isItsOwn || this.#output.hasFailed) throw this.#stop(error);
      await this.#output.rewind(offset).catch((failure) => {
        throw this.#stop(failure);
      });
      throw error;
    } finally {
      this.#output.release();
    }
  }

  async #encode(entry: NewEntry, content: EntryContent): Promise<FileRecord> {
    const offset = this.#output.position;
    const { header, sha256 } = await this.#encoder.encode(content, {
      path: entry.path,
      dosTime: dosTime(entry.modifiedAt, this.#options.timeZone),
      sizeHint: content.rest === null ? null : await sizeOf(entry.source),
    });
    this.#directory.push(encodeCentralRecord({ ...header, offset, mode: entry.mode }));
    this.#entries += 1;
    return { path: entry.path, size: header.size, sha256 };
  }

  /** Nothing more can be written. */
  #stop(error: unknown): unknown {
    this.#failure ??= { error };
    return error;
  }

  #stopThreads(): void {
    this.#encoder[Symbol.dispose]();
    this.#reader[Symbol.dispose]();
  }

  #throwIfStopped(): void {
    if (this.#failure !== null) throw this.#failure.error;
    this.#options.signal?.throwIfAborted();
  }
}
