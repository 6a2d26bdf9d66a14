import { createHash } from "node:crypto";
import { type AppError, isAppError } from "../base/errors.ts";
import { type Part, PARTS } from "../config/types.ts";
import { DATABASE_PATH, METADATA_PATH } from "./entry_path.ts";
import type { HashList } from "./hash_list.ts";
import { MAX_PROBLEMS } from "./limits.ts";
import type { InnerMetadata } from "./metadata.ts";
import { type Archive, type ArchiveEntry, openArchive } from "./read.ts";
import { RecordedFiles } from "./recorded_files.ts";
import { releaseInflated } from "./release_memory.ts";
import type { FileRecord } from "./types.ts";

/** What to read. */
export interface CheckOrder {
  readonly path: string;
  /** Path of an entry that another thread reads: here it is counted, and judged by {@linkcode judgeElsewhere}. */
  readonly elsewhere?: string | undefined;
}

/** What was recorded of an entry: `unlisted` when the list lacks it, `unknown` when there is no list. */
export type Recorded = FileRecord | "unlisted" | "unknown";

/** One thing that is wrong. */
export interface VerifyProblem {
  /** The entry; `null` when it concerns the whole file. */
  readonly path: string | null;
  readonly found: string;
  /** Refused because it could do harm, not because it is broken. */
  readonly hostile: boolean;
  readonly kind: "archive" | "checksum" | "metadata";
}

/** What {@linkcode checkContent} found. */
export interface ContentReport {
  /** Every damaged, missing or changed path. */
  readonly damaged: readonly string[];
  readonly problems: readonly VerifyProblem[];
  /** Without its list of files; `null` when missing or unreadable. */
  readonly metadata: InnerMetadata | null;
  /** Parts of which something is really inside. */
  readonly includes: readonly Part[];
  readonly fileCount: number;
  readonly coverCount: number;
  /** Bytes of content, uncompressed, as declared. */
  readonly totalBytes: number;
  /** What was recorded of `CheckOrder.elsewhere`. */
  readonly elsewhere?: Recorded;
}

/** Options of {@linkcode checkContent}. */
export interface CheckOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of content were checked since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /**
   * SHA-256 of each entry that was read already, in the directory's order: it is not read again. `null`: none was.
   */
  readonly known?: HashList | null | undefined;
  /** Gives each entry's content a taker; `null`: it is only checked. */
  readonly takerOf?: ((entry: ArchiveEntry) => ContentTaker | null) | undefined;
}

/** Takes an entry's content while it is checked, so that reading it once is enough to unpack it. */
export interface ContentTaker {
  /** Takes a piece, good until this returns. */
  take(piece: Uint8Array): void;
  /** Size, CRC-32 and, where recorded, SHA-256 of what was taken are right. Not called for what is damaged. */
  finish(record: FileRecord): void | Promise<void>;
}

/**
 * Reads every entry of an archive and compares its size, CRC-32 and SHA-256; goes on after damage.
 *
 * @throws {AppError} Only when the file cannot be read at all: `storage.*`; the signal's reason.
 */
export async function checkContent(
  order: CheckOrder,
  options: CheckOptions = {},
): Promise<ContentReport> {
  const check = new Check(order, options);
  await check.run();
  return check.report();
}

/**
 * Adds to a report what reading `CheckOrder.elsewhere` has shown.
 *
 * @param read Its SHA-256, hex, or why it cannot be read.
 */
export function judgeElsewhere(
  report: ContentReport,
  entry: ArchiveEntry,
  read: string | AppError,
): ContentReport {
  const found = typeof read === "string"
    ? findDifference(entry, read, report.elsewhere ?? "unlisted")
    : String(read.details.found);
  if (found === null) return report;
  const problem = { path: entry.path, found, hostile: false, kind: "archive" } as const;
  return {
    ...report,
    damaged: [...report.damaged, entry.path],
    problems: [...report.problems, problem],
  };
}

/** What is not as recorded; `null`: nothing. */
function findDifference(entry: ArchiveEntry, sha256: string, recorded: Recorded): string | null {
  if (recorded === "unknown") return null;
  if (recorded === "unlisted") {
    return entry.path === METADATA_PATH ? null : "not in the list of files";
  }
  if (entry.size !== recorded.size) return `${entry.size} bytes, recorded ${recorded.size}`;
  return sha256 === recorded.sha256 ? null : "its SHA-256 differs from the recorded one";
}

/** One verification under way. */
class Check {
  readonly #order: CheckOrder;
  readonly #options: CheckOptions;
  readonly #problems: VerifyProblem[] = [];
  /** What should be there and has not been met yet; `null` when nobody recorded it. */
  #expected: RecordedFiles | null = null;
  /** Problems beyond those that are told. */
  #untold = 0;
  readonly #damaged = new Set<string>();
  readonly #parts = new Set<string>();
  #metadata: InnerMetadata | null = null;
  #elsewhere: Recorded = "unknown";
  #fileCount = 0;
  #coverCount = 0;
  #totalBytes = 0;

  constructor(order: CheckOrder, options: CheckOptions) {
    this.#order = order;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    try {
      await using archive = await openArchive(this.#order.path, {
        signal,
        onProblem: (error) => this.#note(error),
      });
      const failure = await this.#readMetadata(archive);
      let index = 0;
      for await (const entry of archive.entries(signal === undefined ? {} : { signal })) {
        this.#count(entry);
        const known = this.#options.known?.at(index++);
        if (known !== undefined) this.#isAsRecorded(entry, known);
        else if (entry.path !== this.#order.elsewhere) await this.#checkEntry(archive, entry);
        else this.#elsewhere = this.#takeRecord(entry);
      }
      if (failure !== null && !this.#damaged.has(METADATA_PATH)) this.#note(failure);
      if (failure === null && this.#metadata === null) this.#miss(METADATA_PATH, "metadata");
      await this.#compareRest(archive);
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      this.#note(error);
    }
  }

  report(): ContentReport {
    return {
      damaged: [...this.#damaged],
      problems: this.#untold === 0 ? this.#problems : [...this.#problems, this.#more()],
      metadata: this.#metadata,
      includes: PARTS.filter((part) => this.#parts.has(part)),
      fileCount: this.#fileCount,
      coverCount: this.#coverCount,
      totalBytes: this.#totalBytes,
      ...this.#order.elsewhere === undefined ? {} : { elsewhere: this.#elsewhere },
    };
  }

  async #checkEntry(archive: Archive, entry: ArchiveEntry): Promise<void> {
    const taker = this.#options.takerOf?.(entry) ?? null;
    const hash = this.#expected === null && taker === null ? null : createHash("sha256");
    try {
      for await (const piece of archive.read(entry, { signal: this.#options.signal })) {
        hash?.update(piece);
        taker?.take(piece);
        this.#options.onBytes?.(piece.length);
        releaseInflated(piece);
      }
      if (hash === null) return;
      const { path, size } = entry;
      const sha256 = hash.digest("hex");
      if (this.#isAsRecorded(entry, sha256)) await taker?.finish({ path, size, sha256 });
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      this.#note(error);
    }
  }

  #count(entry: ArchiveEntry): void {
    this.#fileCount += 1;
    this.#totalBytes += entry.size;
    if (entry.part === "covers") this.#coverCount += 1;
    if (entry.part !== null && (entry.part !== "database" || entry.path === DATABASE_PATH)) {
      this.#parts.add(entry.part);
    }
  }

  /** Read first: then each entry can be compared in its turn, and nothing is kept of a million of them. */
  async #readMetadata(archive: Archive): Promise<AppError | null> {
    const files = new RecordedFiles();
    try {
      const read = await archive.readMetadata((some) => some.forEach((file) => files.add(file)));
      if (read === null) return null;
      const { listsFiles, ...metadata } = read;
      this.#metadata = metadata;
      if (listsFiles) this.#expected = files;
      return null;
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      return error;
    }
  }

  #isAsRecorded(entry: ArchiveEntry, sha256: string): boolean {
    const found = findDifference(entry, sha256, this.#takeRecord(entry));
    if (found !== null) this.#add(entry.path, found, "archive");
    return found === null;
  }

  #takeRecord({ path }: ArchiveEntry): Recorded {
    return this.#expected === null ? "unknown" : this.#expected.take(path) ?? "unlisted";
  }

  /** The list is read once more only when something in it was not met: nobody else needs the names. */
  async #compareRest(archive: Archive): Promise<void> {
    if (this.#expected !== null && this.#expected.left > 0) {
      let place = 0;
      for await (const { path } of archive.files()) {
        if (!this.#expected.wasMet(place++)) this.#miss(path);
      }
    }
    if (this.#metadata?.includes.includes("database") && !this.#parts.has("database")) {
      this.#miss(DATABASE_PATH);
    }
  }

  #miss(path: string, kind: VerifyProblem["kind"] = "archive"): void {
    // An entry that was refused or unreadable has been named already.
    if (!this.#damaged.has(path)) this.#add(path, "missing", kind);
  }

  #note(error: AppError): void {
    const { path, found } = error.details;
    const hostile = error.code === "archive.hostile" || error.code === "archive.unsupported" ||
      error.code === "archive.too_large";
    const named = typeof path === "string" && path !== "" ? path : null;
    const kind = named === METADATA_PATH && !hostile ? "metadata" : "archive";
    this.#add(named, String(found), kind, hostile);
  }

  #add(path: string | null, found: string, kind: VerifyProblem["kind"], hostile = false): void {
    // What could do harm is told first, so there is room for some even after many others.
    if (this.#problems.length >= (hostile ? 2 * MAX_PROBLEMS : MAX_PROBLEMS)) {
      this.#untold += 1;
      return;
    }
    if (path !== null) this.#damaged.add(path);
    this.#problems.push({ path, found, hostile, kind });
  }

  #more(): VerifyProblem {
    const found = `${this.#untold} more problems`;
    return { path: null, found, hostile: false, kind: "archive" };
  }
}

const ARCHIVE_ERRORS = [
  "archive.damaged",
  "archive.hostile",
  "archive.not_zip",
  "archive.too_large",
  "archive.unsupported",
] as const;
