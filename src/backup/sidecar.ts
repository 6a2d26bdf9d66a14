import { encodeMetadata, METADATA_END } from "../archive/encode_metadata.ts";
import { type FileRecords, hasFilesIn } from "../archive/file_records.ts";
import { type ListSpan, MetadataScanner } from "../archive/metadata_scanner.ts";
import { parseJson } from "../archive/parse_json.ts";
import { RecordsInFile } from "../archive/records_in_file.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { type Part, PARTS } from "../config/types.ts";
import { fromOsError } from "../storage/os_error.ts";
import { readChunks } from "../storage/read_chunks.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import type { BackupKind, DrillOutcome, LeftOut } from "./types.ts";

/**
 * The complete metadata of a backup, kept as `<id>.json` beside its ZIP.
 *
 * Of what is in the ZIP it is a cache, good while the ZIP's size and modification time are those it names. Its hashes
 * are evidence of what the ZIP was, and what a person set is nowhere else: neither is ever given up because a time has
 * changed. See `reconcileSidecar()`.
 */
export interface Sidecar {
  readonly backup_id: string;
  /** Local time without offset. */
  readonly created_at: string;
  /** RFC 3339, UTC. Order and retention go by it. */
  readonly created_at_utc: string;
  readonly description: string;
  readonly includes: readonly Part[];
  /** Bytes of the ZIP. */
  readonly file_size: number;
  /** Modification time of the ZIP, milliseconds since the epoch, whole. */
  readonly file_mtime_ms: number;
  /** MD5 of the ZIP, hex; empty while unknown. */
  readonly checksum: string;
  /** SHA-256 of the ZIP, hex; empty while unknown. */
  readonly sha256: string;
  readonly version: string;
  readonly kind: BackupKind;
  readonly pinned: boolean;
  readonly verified_at: string | null;
  /** What validation found, when the ZIP is damaged. */
  readonly error: Notice | null;
  readonly files: FileRecords;
  readonly cover_count: number;
  /** Covers that the database names and the folder lacks: the first thousand. */
  readonly missing_covers: readonly string[];
  /** How many there are. A sidecar of an earlier version names all. */
  readonly missing_covers_count?: number;
  /** Symbolic links found among the covers, not followed: the first thousand. */
  readonly symlinks: readonly string[];
  readonly symlinks_count?: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly shrunk: boolean;
  /** The archive's entries have the modes of the library's files. */
  readonly modes?: true;
  /** Present when something of the library had to be left out. */
  readonly incomplete?: true;
  /** What that is: the first thousand. */
  readonly left_out?: readonly LeftOut[];
  /** How many there are. */
  readonly left_out_count?: number;
  /** What its maker was warned of, while that is known. */
  readonly warnings?: readonly Notice[];
  readonly drill: DrillOutcome | null;
  /** Bytes free on the store's volume when it was made. */
  readonly free_bytes: number | null;
  /** For a snapshot: the backup whose restore it was taken for. */
  readonly restoring: string | null;
  /** Of the library that it was made of; absent where that was not known, and in those of earlier versions. */
  readonly library_id?: string;
  /** Size and modification time of a ZIP that is not the one which size, time and hashes here are of. */
  readonly changed?: { readonly size: number; readonly mtime_ms: number };
  /** The hashes are of a ZIP that was found here, perhaps while it was still being copied: they prove nothing yet. */
  readonly unproven?: boolean;
}

/** What another program's document beside a ZIP says that the ZIP itself does not. */
export interface Evidence {
  /** MD5 of the ZIP, hex; empty when it does not say. */
  readonly checksum: string;
  /** SHA-256 of the ZIP, hex; empty when it does not say. */
  readonly sha256: string;
  readonly pinned: boolean;
  /** `null` when it does not say. */
  readonly description: string | null;
}

/** What was found under the name of a sidecar. */
export type Beside =
  | { readonly kind: "none" }
  | { readonly kind: "ours"; readonly sidecar: Sidecar }
  /** Another program's, or torn. */
  | { readonly kind: "other"; readonly evidence: Evidence }
  /** Something is there that this process may not read, or cannot: it is not to be replaced. */
  | { readonly kind: "unreadable"; readonly error: AppError };

/**
 * Reads what lies beside a ZIP. The files of a sidecar are left where they are, and are good until somebody writes it
 * anew.
 */
export async function readBeside(path: string): Promise<Beside> {
  try {
    const beside = await readHead(path) ?? await readWhole(path);
    return beside.kind === "ours"
      ? { ...beside, sidecar: await withExtra(beside.sidecar) }
      : beside;
  } catch (error) {
    if (isAppError(error, "storage.missing")) return { kind: "none" };
    if (isAppError(error, "archive.damaged", "archive.too_large")) {
      return { kind: "other", evidence: evidenceIn(null) };
    }
    if (!isAppError(error)) throw error;
    return { kind: "unreadable", error };
  }
}

/** An earlier version, which counted nothing, saved extra files and did not say so. */
async function withExtra(sidecar: Sidecar): Promise<Sidecar> {
  const { includes, files, symlinks_count } = sidecar;
  const isSure = symlinks_count !== undefined || includes.includes("extra");
  if (isSure || !await hasFilesIn(files, "extra")) return sidecar;
  return { ...sidecar, includes: [...includes, "extra"] };
}

/** Reads a sidecar; `null` when there is none that is ours. */
export async function readSidecar(path: string): Promise<Sidecar | null> {
  const beside = await readBeside(path);
  return beside.kind === "ours" ? beside.sidecar : null;
}

function evidenceIn(value: unknown): Evidence {
  const fields = typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
  const hex = (key: string, length: number) => {
    const text = fields[key];
    const isHash = typeof text === "string" && text.length === length && /^[0-9a-f]+$/i.test(text);
    return isHash ? text.toLowerCase() : "";
  };
  const { pinned, description } = fields;
  return {
    checksum: hex("checksum", 32),
    sha256: hex("sha256", 64),
    pinned: pinned === true,
    description: typeof description === "string" ? description : null,
  };
}

/** Writes a sidecar whole or not at all. */
export async function writeSidecar(path: string, sidecar: Sidecar, mode: number): Promise<void> {
  const { files, ...document } = sidecar;
  await writeAtomic(path, encodeMetadata(document, files), { mode });
}

/** Enough for all but the files of most. */
const HEAD_BYTES = 64 * 1024;

/** Of a sidecar that is as we write them the files, its last member, need not be read: there may be a million. */
async function readHead(path: string): Promise<Beside | null> {
  const ending = new TextEncoder().encode(`]${METADATA_END}`);
  const scanner = new MetadataScanner({ headOnly: true });
  for await (const piece of readChunks(path, { chunkBytes: HEAD_BYTES })) {
    scanner.push(piece);
    if (scanner.list !== null) break;
  }
  if (scanner.list === null) return null;
  const end = await sizeOf(path) - METADATA_END.length;
  const [last] = await Array.fromAsync(readChunks(path, { start: end - 1, chunkBytes: 16 }));
  const isOurs = last?.length === ending.length && last.every((byte, at) => byte === ending[at]);
  if (!isOurs) return null;
  return toBeside(path, scanner.finish(), { start: scanner.list.start, end });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    throw fromOsError(error, path);
  }
}

/** Somebody has edited it. */
async function readWhole(path: string): Promise<Beside> {
  const scanner = new MetadataScanner();
  for await (const piece of readChunks(path)) scanner.push(piece);
  const rest = scanner.finish();
  return toBeside(path, rest, scanner.list);
}

function toBeside(path: string, json: Uint8Array, span: ListSpan | null): Beside {
  const value = parseJson(json);
  return span !== null && isSidecar(value)
    ? { kind: "ours", sidecar: { ...value, files: new RecordsInFile(path, span) } }
    : { kind: "other", evidence: evidenceIn(value) };
}

const STRINGS = [
  "backup_id",
  "created_at",
  "created_at_utc",
  "description",
  "checksum",
  "sha256",
  "version",
  "kind",
];
const NUMBERS = ["file_size", "file_mtime_ms", "cover_count"];
const OPTIONAL_LISTS = ["left_out", "warnings"];
const LISTS = ["includes", "files", "missing_covers", "symlinks"];

function isSidecar(value: unknown): value is Omit<Sidecar, "files"> {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return STRINGS.every((key) => typeof fields[key] === "string") &&
    NUMBERS.every((key) => Number.isFinite(fields[key])) &&
    LISTS.every((key) => Array.isArray(fields[key])) &&
    OPTIONAL_LISTS.every((key) => fields[key] === undefined || Array.isArray(fields[key])) &&
    typeof fields["pinned"] === "boolean" && typeof fields["shrunk"] === "boolean" &&
    typeof fields["rows"] === "object" && fields["rows"] !== null;
}

/**
 * Checks that every requested part is in the backup.
 *
 * @returns The parts to use, in the order of an archive: those requested, or all there are.
 * @throws {AppError} `backup.part_missing` naming the absent and the present ones.
 */
export function checkParts(
  requested: readonly Part[] | undefined,
  available: readonly Part[],
): Part[] {
  const wanted = requested ?? available;
  const missing = wanted.filter((part) => !available.includes(part));
  if (missing.length > 0) throw new AppError("backup.part_missing", { missing, available });
  return PARTS.filter((part) => wanted.includes(part));
}
