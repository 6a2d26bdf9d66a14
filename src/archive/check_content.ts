import { createHash } from "node:crypto";
import { AppError, isAppError } from "../base/errors.ts";
import { type Part, PARTS } from "../config/types.ts";
import { checkEntryPath, DATABASE_PATH, METADATA_PATH } from "./entry_path.ts";
import { isLeftByOthers } from "./left_by_others.ts";
import type { HashList } from "./hash_list.ts";
import { MAX_PROBLEMS } from "./limits.ts";
import type { InnerMetadata } from "./metadata.ts";
import { type Archive, type ArchiveEntry, openArchive } from "./read.ts";
import { RecordedFiles } from "./recorded_files.ts";
import { releaseInflated } from "./release_memory.ts";
import type { FileRecord } from "./types.ts";
import { changedProblem, toProblem, type VerifyProblem } from "./verify_problem.ts";

/** What to read. */
export interface CheckOrder {
  readonly path: string;
  /** Hands out entries that are whole, though not what was recorded of them, like all others. */
  readonly acceptChanged?: boolean | undefined;
  /** Path of an entry that another thread reads: here it is counted, and judged by {@linkcode judgeElsewhere}. */
  readonly elsewhere?: string | undefined;
}

/** What was recorded of an entry: `unlisted` when the list lacks it, `unknown` when there is no list. */
export type Recorded = FileRecord | "unlisted" | "unknown";

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
  /** What other programs have added, passed over: the first thousand. */
  readonly ignored: readonly string[];
  readonly ignoredCount: number;
  /** A folder around everything, through which it was read; with its slash. */
  readonly wrapper: string | null;
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
  const problem = typeof read !== "string"
    ? toProblem(read)
    : changedProblem(entry.path, findDifference(entry, read, report.elsewhere ?? "unlisted"));
  if (problem === null) return report;
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
  #untoldKind: VerifyProblem["kind"] = "changed";
  readonly #ignored: string[] = [];
  #ignoredCount = 0;
  #wrapper: string | null = null;
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
      this.#wrapper = archive.wrapper;
      const failure = await this.#readMetadata(archive);
      let index = 0;
      for await (const entry of archive.entries(signal === undefined ? {} : { signal })) {
        const known = this.#options.known?.at(index++);
        const recorded = this.#takeRecord(entry);
        if (recorded === "unlisted" && isNobodys(entry)) this.#ignore(entry.path);
        else await this.#check(archive, entry, recorded, known);
      }
      if (failure !== null && !this.#damaged.has(METADATA_PATH)) this.#note(failure);
      if (failure === null && this.#metadata === null) this.#miss(METADATA_PATH);
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
      ignored: this.#ignored,
      ignoredCount: this.#ignoredCount,
      wrapper: this.#wrapper,
      ...this.#order.elsewhere === undefined ? {} : { elsewhere: this.#elsewhere },
    };
  }

  async #check(
    archive: Archive,
    entry: ArchiveEntry,
    recorded: Recorded,
    known: string | undefined,
  ): Promise<void> {
    this.#count(entry);
    if (known !== undefined) this.#isAsRecorded(entry, known, recorded);
    else if (entry.path === this.#order.elsewhere) this.#elsewhere = recorded;
    else await this.#checkEntry(archive, entry, recorded);
  }

  async #checkEntry(archive: Archive, entry: ArchiveEntry, recorded: Recorded): Promise<void> {
    const path = typeof recorded === "string" ? entry.path : recorded.path;
    const wanted = path === entry.path ? entry : { ...entry, path, stored: entry.path };
    const taker = this.#options.takerOf?.(wanted) ?? null;
    const hash = recorded === "unknown" && taker === null ? null : createHash("sha256");
    try {
      for await (const piece of archive.read(entry, { signal: this.#options.signal })) {
        hash?.update(piece);
        taker?.take(piece);
        this.#options.onBytes?.(piece.length);
        releaseInflated(piece);
      }
      if (hash === null) return;
      const sha256 = hash.digest("hex");
      const isRight = this.#isAsRecorded(entry, sha256, recorded);
      if (!isRight && this.#order.acceptChanged !== true) return;
      await taker?.finish({ path, size: entry.size, sha256 });
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      this.#note(error);
    }
  }

  #ignore(path: string): void {
    this.#ignoredCount += 1;
    if (this.#ignored.length < MAX_IGNORED) this.#ignored.push(path);
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

  #isAsRecorded(entry: ArchiveEntry, sha256: string, recorded: Recorded): boolean {
    const problem = changedProblem(entry.path, findDifference(entry, sha256, recorded));
    if (problem !== null) this.#add(problem);
    return problem === null;
  }

  #takeRecord({ path }: ArchiveEntry): Recorded {
    if (this.#expected === null) return "unknown";
    const found = this.#expected.take(path);
    if (found !== undefined || isAscii(path)) return found ?? "unlisted";
    // A Mac's archiver takes names apart: a letter and its accent are two characters then.
    return this.#expected.take(path.normalize("NFC")) ?? "unlisted";
  }

  /** The list is read once more only when something in it was not met: nobody else needs the names. */
  async #compareRest(archive: Archive): Promise<void> {
    if (this.#expected !== null && this.#expected.left > 0) {
      let place = 0;
      for await (const { path } of archive.files()) {
        if (this.#expected.wasMet(place++) || this.#damaged.has(path)) continue;
        const problem = unsafeProblem(path) ?? changedProblem(path, "missing");
        if (problem !== null) this.#add(problem);
      }
    }
    if (this.#metadata?.includes.includes("database") && !this.#parts.has("database")) {
      this.#miss(DATABASE_PATH);
    }
  }

  #miss(path: string): void {
    // An entry that was refused or unreadable has been named already.
    if (!this.#damaged.has(path)) {
      this.#note(new AppError("archive.damaged", { path, found: "missing" }));
    }
  }

  #note(error: AppError): void {
    this.#add(toProblem(error));
  }

  #add(problem: VerifyProblem): void {
    // What could do harm is told first, so there is room for some even after many others.
    if (this.#problems.length >= (problem.hostile ? 2 * MAX_PROBLEMS : MAX_PROBLEMS)) {
      this.#untold += 1;
      if (problem.kind !== "changed") this.#untoldKind = "archive";
      return;
    }
    if (problem.path !== null) this.#damaged.add(problem.path);
    this.#problems.push(problem);
  }

  #more(): VerifyProblem {
    const details = { found: `${this.#untold} more problems` };
    const more = { path: null, ...details, hostile: false, details };
    return { ...more, kind: this.#untoldKind, code: "archive.damaged" };
  }
}

/** What nobody restores, or some program has put there and the backup does not list. */
function isNobodys({ path, part }: ArchiveEntry): boolean {
  return part === null || isLeftByOthers(path);
}

function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex -- the range of ASCII
  return /^[\x00-\x7f]*$/.test(text);
}

/** Names kept of what is passed over. */
const MAX_IGNORED = 1000;

const ARCHIVE_ERRORS = [
  "archive.damaged",
  "archive.hostile",
  "archive.not_zip",
  "archive.too_large",
  "archive.unsupported",
] as const;

/** A list of ours names nothing that could lie elsewhere: one that does is no change that a person could accept. */
function unsafeProblem(path: string): VerifyProblem | null {
  try {
    checkEntryPath(path);
    return null;
  } catch (error) {
    if (error instanceof AppError) return toProblem(error);
    throw error;
  }
}
