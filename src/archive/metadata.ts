import { AppError } from "../base/errors.ts";
import type { BackupKind, FileRecord } from "./types.ts";
import { type Part, PARTS } from "../config/types.ts";
import { METADATA_PATH } from "./entry_path.ts";
import {
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_TEXT,
  MAX_METADATA_TEXTS,
  MAX_METADATA_VALUES,
} from "./limits.ts";

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
  /** Every other entry. */
  readonly files?: readonly FileRecord[];
  readonly missing_covers?: readonly string[];
  /** Rows per table. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Symbolic links that were left out. */
  readonly symlinks?: readonly string[];
  readonly shrunk?: boolean;
  /** Name and version of the program that wrote it. */
  readonly app?: string;
  readonly schema?: { readonly alembic: readonly string[] };
}

/**
 * Reads `metadata.json`: tolerant of fields that are missing or unknown, strict about the type of those it
 * knows.
 *
 * A missing field gets an empty value, or stays absent where the type says so.
 *
 * @throws {AppError} `archive.damaged` with what was found; `archive.too_large`.
 */
export function parseInnerMetadata(bytes: Uint8Array): InnerMetadata {
  if (bytes.length > MAX_METADATA_BYTES) {
    throw new AppError("archive.too_large", {
      found: `${METADATA_PATH} of ${bytes.length} bytes`,
      limit: MAX_METADATA_BYTES,
    });
  }
  checkShape(bytes);
  const value = parseJson(bytes);
  if (!isRecord(value)) throw damaged("no JSON object");
  const present = Object.entries(OPTIONAL)
    .filter(([key]) => value[key] !== undefined && value[key] !== null)
    .map(([key, read]) => [key, read(value[key], key)] as const);
  return {
    backup_id: readText(value.backup_id ?? "", "backup_id"),
    created_at: readText(value.created_at ?? "", "created_at"),
    description: readText(value.description ?? "", "description"),
    includes: readParts(value.includes ?? [], "includes"),
    version: readText(value.version ?? "", "version"),
    ...Object.fromEntries(present),
  };
}

type Reader<Value> = (value: unknown, key: string) => Value;

/** How each field is read that may be absent. */
const OPTIONAL: { [Key in OptionalKey]: Reader<NonNullable<InnerMetadata[Key]>> } = {
  kind: readKind,
  created_at_utc: readText,
  files: readFiles,
  missing_covers: readTexts,
  rows: readRows,
  symlinks: readTexts,
  shrunk: readFlag,
  app: readText,
  schema: (value, key) => ({
    alembic: readTexts(asRecord(value, key).alembic ?? [], `${key}.alembic`),
  }),
};

type OptionalKey = Exclude<
  keyof InnerMetadata,
  "backup_id" | "created_at" | "description" | "includes" | "version"
>;

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw damaged("not JSON in UTF-8", error);
    }
    throw error;
  }
}

/** Nesting and small values cost a parser memory that the size does not bound: a gigabyte for 24 MiB. */
function checkShape(bytes: Uint8Array): void {
  let depth = 0;
  let values = 0;
  let keys = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === COMMA) values += 1;
    else if (byte === COLON) keys += 1;
    else if (byte === BRACE || byte === BRACKET) {
      depth += 1;
      values += 1;
      if (depth > MAX_METADATA_DEPTH) {
        throw damaged(`nested deeper than ${MAX_METADATA_DEPTH} levels`);
      }
    } else if (byte === BRACE + 2 || byte === BRACKET + 2) depth -= 1;
  }
  checkCount(values, "values", MAX_METADATA_VALUES);
  checkCount(keys, "names", MAX_METADATA_KEYS);
}

function checkCount(count: number, what: string, limit: number): void {
  if (count <= limit) return;
  throw new AppError("archive.too_large", { found: `${METADATA_PATH} of ${count} ${what}`, limit });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
/** `[`; the closing one is two further, as with braces. */
const BRACKET = 0x5b;
const BRACE = 0x7b;

function readText(value: unknown, key: string): string {
  if (typeof value !== "string") throw wrong(key, "text");
  if (value.length > MAX_METADATA_TEXT) {
    throw damaged(`${key} has ${value.length} characters, expected at most ${MAX_METADATA_TEXT}`);
  }
  return value;
}

function readFlag(value: unknown, key: string): boolean {
  if (typeof value !== "boolean") throw wrong(key, "true or false");
  return value;
}

function readCount(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(key, "a whole number");
  }
  return value;
}

function readTexts(value: unknown, key: string): string[] {
  if (!Array.isArray(value)) throw wrong(key, "a list of texts");
  if (value.length > MAX_METADATA_TEXTS) {
    throw damaged(`${key} has ${value.length} texts, expected at most ${MAX_METADATA_TEXTS}`);
  }
  return value.map((item) => readText(item, key));
}

function readParts(value: unknown, key: string): Part[] {
  const named = new Set(readTexts(value, key));
  return PARTS.filter((part) => named.has(part));
}

function readKind(value: unknown, key: string): BackupKind {
  if (value === "manual" || value === "auto" || value === "snapshot" || value === "uploaded") {
    return value;
  }
  throw wrong(key, "manual, auto, snapshot or uploaded");
}

function readFiles(value: unknown, key: string): FileRecord[] {
  if (!Array.isArray(value)) throw wrong(key, "a list of files");
  return value.map((item) => {
    const { path, size, sha256 } = asRecord(item, key);
    return {
      path: readText(path, `${key}.path`),
      size: readCount(size, `${key}.size`),
      sha256: readHash(sha256, `${key}.sha256`),
    };
  });
}

function readHash(value: unknown, key: string): string {
  const text = readText(value, key);
  if (!/^[0-9a-f]{64}$/.test(text)) throw wrong(key, "SHA-256 in hex");
  return text;
}

function readRows(value: unknown, key: string): Record<string, number> {
  const entries = Object.entries(asRecord(value, key));
  return Object.fromEntries(entries.map(([table, count]) => [table, readCount(count, key)]));
}

function asRecord(value: unknown, key: string): Record<string, unknown> {
  if (!isRecord(value)) throw wrong(key, "an object");
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(key: string, expected: string): AppError {
  return damaged(`${key} has the wrong type, expected ${expected}`);
}

function damaged(found: string, cause?: unknown): AppError {
  return new AppError("archive.damaged", { path: METADATA_PATH, found }, { cause });
}
