import { createHash } from "node:crypto";
import { AppError, isAppError } from "../base/errors.ts";
import type { FileRecord } from "./types.ts";
import { type Part, PARTS } from "../config/types.ts";
import { DATABASE_PATH, METADATA_PATH } from "./entry_path.ts";
import type { Digests } from "./digest_channel.ts";
import { hashArchive } from "./hash_archive.ts";
import type { InnerMetadata } from "./metadata.ts";
import { type Archive, type ArchiveEntry, openArchive } from "./read.ts";

/** Options of {@linkcode verifyArchive}. */
export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Told how many bytes of content were checked since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Told of each entry once it is checked. */
  readonly onEntry?: (entry: ArchiveEntry, intact: boolean) => void;
  /** What the archive should be. Without `files`, those of its own metadata count. */
  readonly expected?: {
    readonly md5?: string;
    readonly sha256?: string;
    readonly files?: readonly FileRecord[];
  };
}

/** One thing that is wrong. */
export interface VerifyProblem {
  /** The entry; `null` when it concerns the whole file. */
  readonly path: string | null;
  readonly found: string;
  /** Refused because it could do harm, not because it is broken. */
  readonly hostile: boolean;
  readonly kind: "archive" | "checksum" | "metadata";
}

/** What {@linkcode verifyArchive} found. */
export interface VerifyReport {
  /** No problem at all. */
  readonly valid: boolean;
  /** Every damaged, missing or changed path. */
  readonly damaged: readonly string[];
  readonly problems: readonly VerifyProblem[];
  /** `null` when missing or unreadable. */
  readonly metadata: InnerMetadata | null;
  /** Parts of which something is really inside. */
  readonly includes: readonly Part[];
  /** Bytes of the file. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly fileCount: number;
  readonly coverCount: number;
  /** Bytes of content, uncompressed, as declared. */
  readonly totalBytes: number;
}

/**
 * Reads an archive whole and names everything that is wrong with it, not only the first.
 *
 * Every entry is inflated and its size, CRC-32 and SHA-256 compared; the file's MD5 and SHA-256 are
 * computed beside that, in a thread of their own.
 *
 * @throws {AppError} Only when the file cannot be read at all: `storage.missing`, `storage.permission`,
 *   `storage.failed`, `worker.crashed`; the signal's reason.
 */
export async function verifyArchive(
  path: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const stop = new AbortController();
  const signal = options.signal === undefined
    ? stop.signal
    : AbortSignal.any([options.signal, stop.signal]);
  const hashing = hashArchive(path, signal);
  hashing.catch(() => {}); // Awaited below; an error of the check comes first.
  const check = new Check({ ...options, signal });
  try {
    await check.run(path);
    return check.report(await hashing);
  } catch (error) {
    stop.abort(error);
    await hashing.catch(() => {});
    throw error;
  }
}

/** One verification under way. */
class Check {
  readonly #options: VerifyOptions & { readonly signal: AbortSignal };
  readonly #problems: VerifyProblem[] = [];
  /** Hash of every file read, until compared. */
  readonly #found = new Map<string, FileRecord>();
  readonly #damaged = new Set<string>();
  readonly #parts = new Set<string>();
  #metadata: InnerMetadata | null = null;
  #fileCount = 0;
  #coverCount = 0;
  #totalBytes = 0;

  constructor(options: VerifyOptions & { readonly signal: AbortSignal }) {
    this.#options = options;
  }

  async run(path: string): Promise<void> {
    const { signal } = this.#options;
    try {
      await using archive = await openArchive(path, {
        signal,
        onProblem: (error) => this.#note(error),
      });
      for await (const entry of archive.entries({ signal })) await this.#checkEntry(archive, entry);
      await this.#readMetadata(archive);
      this.#compare();
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      this.#note(error);
    }
  }

  report(digests: Digests & { size: number }): VerifyReport {
    const { expected } = this.#options;
    for (const name of ["md5", "sha256"] as const) {
      const wanted = expected?.[name]?.toLowerCase();
      if (wanted !== undefined && wanted !== "" && wanted !== digests[name]) {
        this.#add(null, `${name} is ${digests[name]}, expected ${wanted}`, "checksum");
      }
    }
    return {
      valid: this.#problems.length === 0,
      damaged: [...this.#damaged],
      problems: this.#problems,
      metadata: this.#metadata,
      includes: PARTS.filter((part) => this.#parts.has(part)),
      ...digests,
      fileCount: this.#fileCount,
      coverCount: this.#coverCount,
      totalBytes: this.#totalBytes,
    };
  }

  async #checkEntry(archive: Archive, entry: ArchiveEntry): Promise<void> {
    this.#count(entry);
    const hash = createHash("sha256");
    let intact = true;
    try {
      for await (const piece of archive.read(entry, { signal: this.#options.signal })) {
        hash.update(piece);
        this.#options.onBytes?.(piece.length);
      }
      const { path, size } = entry;
      this.#found.set(path, { path, size, sha256: hash.digest("hex") });
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      intact = false;
      this.#note(error);
    }
    this.#options.onEntry?.(entry, intact);
  }

  #count(entry: ArchiveEntry): void {
    this.#fileCount += 1;
    this.#totalBytes += entry.size;
    if (entry.part === "covers") this.#coverCount += 1;
    if (entry.part !== null && (entry.part !== "database" || entry.path === DATABASE_PATH)) {
      this.#parts.add(entry.part);
    }
  }

  async #readMetadata(archive: Archive): Promise<void> {
    if (this.#damaged.has(METADATA_PATH)) return;
    try {
      this.#metadata = await archive.readMetadata();
      if (this.#metadata === null) this.#add(METADATA_PATH, "missing", "metadata");
    } catch (error) {
      if (!isAppError(error, ...ARCHIVE_ERRORS)) throw error;
      this.#note(error);
    }
  }

  /** Compares what was read with what should be there. */
  #compare(): void {
    const files = this.#options.expected?.files ?? this.#metadata?.files;
    if (this.#metadata?.includes.includes("database") && !this.#parts.has("database")) {
      this.#miss(DATABASE_PATH);
    }
    if (files === undefined) return;
    for (const file of files) {
      const found = this.#found.get(file.path);
      this.#found.delete(file.path);
      if (found === undefined) this.#miss(file.path);
      else if (found.size !== file.size) {
        this.#add(file.path, `${found.size} bytes, recorded ${file.size}`, "archive");
      } else if (found.sha256 !== file.sha256) {
        this.#add(file.path, "its SHA-256 differs from the recorded one", "archive");
      }
    }
    this.#found.delete(METADATA_PATH);
    for (const path of this.#found.keys()) this.#add(path, "not in the list of files", "archive");
  }

  #miss(path: string): void {
    // An entry that was refused or unreadable has been named already.
    if (!this.#damaged.has(path)) this.#add(path, "missing", "archive");
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
    if (path !== null) this.#damaged.add(path);
    this.#problems.push({ path, found, hostile, kind });
  }
}

const ARCHIVE_ERRORS = [
  "archive.damaged",
  "archive.hostile",
  "archive.not_zip",
  "archive.too_large",
  "archive.unsupported",
] as const;
