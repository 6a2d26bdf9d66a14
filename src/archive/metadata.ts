import { type Part, PARTS } from "../config/types.ts";
import { checkCount, checkFlag, checkObject, checkText, wrongType } from "./field_checks.ts";
import { MAX_METADATA_TEXT, MAX_METADATA_TEXTS } from "./limits.ts";
import { MetadataScanner } from "./metadata_scanner.ts";
import { parseJson } from "./parse_json.ts";
import type { BackupKind, FileRecord, LeftOut } from "./types.ts";

/**
 * `metadata.json` inside an archive: what its writer says of it.
 *
 * The first six are all that Sooklib writes; the rest is present in archives written here.
 */
export interface InnerMetadata {
  readonly backup_id: string;
  /** Local time without offset. */
  readonly created_at: string;
  readonly description: string;
  readonly includes: readonly Part[];
  /** Of the format. */
  readonly version: string;
  readonly kind?: BackupKind;
  readonly created_at_utc?: string;
  readonly missing_covers?: readonly string[];
  /** How many there are, when the list holds only the first. */
  readonly missing_covers_count?: number;
  /** Rows per table. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Symbolic links that were left out. */
  readonly symlinks?: readonly string[];
  readonly symlinks_count?: number;
  readonly shrunk?: boolean;
  /** The entries have the modes of the library's files; an earlier version gave all of them 0600. */
  readonly modes?: boolean;
  /** Of the library that it was made of. */
  readonly library_id?: string;
  /** Something had to be left out of it. */
  readonly incomplete?: boolean;
  /** What that is; the first ones, when there are many. */
  readonly left_out?: readonly LeftOut[];
  /** How many there are. */
  readonly left_out_count?: number;
  /** Name and version of the program that wrote it. */
  readonly app?: string;
  readonly schema?: { readonly alembic: readonly string[] };
}

/** What {@linkcode MetadataReader} has read. */
export interface ReadMetadata extends InnerMetadata {
  /** Whether there is a list of every other entry. */
  readonly listsFiles: boolean;
}

/**
 * Reads `metadata.json` as it comes: tolerant of fields that are missing or unknown, strict about the type of those it
 * knows.
 *
 * A missing field gets an empty value, or stays absent where the type says so. Of the list of files nothing is kept.
 *
 * @throws {AppError} From both methods: `archive.damaged` with what was found; `archive.too_large`.
 */
export class MetadataReader {
  readonly #scanner: MetadataScanner;

  /** @param onFiles Given the files as they come, some at a time. */
  constructor(onFiles: (files: readonly FileRecord[]) => void = () => {}) {
    this.#scanner = new MetadataScanner({ onFiles });
  }

  /** Takes the next bytes. */
  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  /** Ends the document. */
  finish(): ReadMetadata {
    const value = checkObject(parseJson(this.#scanner.finish()), "document");
    const listsFiles = this.#scanner.list !== null;
    checkFilesLeft(value["files"], listsFiles);
    const present = Object.entries(OPTIONAL)
      .filter(([key]) => value[key] !== undefined && value[key] !== null)
      .map(([key, read]) => [key, read(value[key], key)] as const);
    return {
      backup_id: checkText(value["backup_id"] ?? "", "backup_id"),
      created_at: checkText(value["created_at"] ?? "", "created_at"),
      description: checkText(value["description"] ?? "", "description"),
      includes: readParts(value["includes"] ?? [], "includes"),
      version: checkText(value["version"] ?? "", "version"),
      ...Object.fromEntries(present),
      listsFiles,
    };
  }
}

/** @param left What is left in the document of the list that was taken out. */
function checkFilesLeft(left: unknown, listsFiles: boolean): void {
  const isAsLeft = listsFiles
    ? Array.isArray(left) && left.length === 0
    : left === undefined || left === null;
  if (!isAsLeft) throw wrongType("files", "a list of files");
}

type Reader<Value> = (value: unknown, key: string) => Value;

/** How each field is read that may be absent. */
const OPTIONAL: { [Key in OptionalKey]: Reader<NonNullable<InnerMetadata[Key]>> } = {
  kind: readKind,
  created_at_utc: checkText,
  missing_covers: readTexts,
  missing_covers_count: checkCount,
  rows: readRows,
  symlinks: readTexts,
  symlinks_count: checkCount,
  shrunk: checkFlag,
  modes: checkFlag,
  library_id: checkText,
  incomplete: checkFlag,
  left_out: readLeftOut,
  left_out_count: checkCount,
  app: checkText,
  schema: (value, key) => ({
    alembic: readTexts(checkObject(value, key)["alembic"] ?? [], `${key}.alembic`),
  }),
};

type OptionalKey = Exclude<
  keyof InnerMetadata,
  "backup_id" | "created_at" | "description" | "includes" | "version"
>;

/** Lists of this kind are only told, so that one text too long, or too many of them, cost no more than themselves. */
function readTexts(value: unknown, key: string): string[] {
  return checkList(value, key)
    .filter((item) => typeof item !== "string" || item.length <= MAX_METADATA_TEXT)
    .map((item) => checkText(item, key));
}

function readLeftOut(value: unknown, key: string): LeftOut[] {
  return checkList(value, key).map((item) => {
    const { path, reason } = checkObject(item, key);
    return { path: checkText(path, `${key}.path`), reason: checkText(reason, `${key}.reason`) };
  });
}

function checkList(value: unknown, key: string): unknown[] {
  if (!Array.isArray(value)) throw wrongType(key, "a list");
  return value.slice(0, MAX_METADATA_TEXTS);
}

function readParts(value: unknown, key: string): Part[] {
  const named = new Set(readTexts(value, key));
  return PARTS.filter((part) => named.has(part));
}

function readKind(value: unknown, key: string): BackupKind {
  if (value === "manual" || value === "auto" || value === "snapshot" || value === "uploaded") {
    return value;
  }
  throw wrongType(key, "manual, auto, snapshot or uploaded");
}

function readRows(value: unknown, key: string): Record<string, number> {
  const entries = Object.entries(checkObject(value, key));
  return Object.fromEntries(entries.map(([table, count]) => [table, checkCount(count, key)]));
}
