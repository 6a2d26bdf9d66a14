import { AppError } from "../base/errors.ts";
import { type CentralRecord, extraFields } from "./central_record.ts";
import { checkEntryPath, type EntryPart, partOf } from "./entry_path.ts";
import { MAX_DEFLATE_RATIO } from "./limits.ts";
import { FLAG_ENCRYPTED, type Method } from "./local_header.ts";

/** One file in an archive, as its directory describes it. */
export interface ArchiveEntry {
  /** Checked: safe to join to a folder. */
  readonly path: string;
  /** Its name in the archive, where that is another: somebody's archiver has put a folder around everything. */
  readonly stored?: string;
  readonly part: EntryPart;
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  readonly method: Method;
  /** General purpose bits. */
  readonly flags: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Permission bits for user, group and others; `null` when the archive's system has none. */
  readonly mode: number | null;
}

/** Bits that mean encryption: ordinary, strong, masked directory. */
const ENCRYPTED = FLAG_ENCRYPTED | (1 << 6) | (1 << 13);
/** Bit 5: a patch against another file. */
const PATCHED = 1 << 5;
const UNIX_LIKE: ReadonlySet<number> = new Set([3, 19]);
const DOS_REPARSE_POINT = 0x400;

/** Tells whether an entry stands for a folder. */
export function isFolder(entry: ArchiveEntry): boolean {
  return entry.path.endsWith("/");
}

/**
 * Turns a record of the directory into an entry, if nothing about it is dangerous or unknown.
 *
 * @param wrapper A folder around everything, with its slash, through which the archive is read.
 * @throws {AppError} `archive.hostile` (name, link, device, hidden second name, impossible size),
 *   `archive.unsupported` (encryption, method, patch, several disks).
 */
export function checkRecord(record: CentralRecord, wrapper: string | null = null): ArchiveEntry {
  const stored = decodeName(record.name);
  const folder = stored.endsWith("/");
  checkEntryPath(folder ? stored.slice(0, -1) : stored);
  checkFeatures(record, stored);
  checkAttributes(record, stored, folder);
  checkExtra(record, stored);
  const method = record.method as Method;
  checkSizes(record, stored, folder);
  const { size, compressedSize, crc, flags, offset } = record;
  // A mode of 0 is one, where the type of the file stands beside it; without that nothing was told.
  const unix = record.attributes >>> 16;
  const mode = UNIX_LIKE.has(record.madeBy) && unix !== 0 ? unix & 0o777 : null;
  const rest = { size, compressedSize, crc32: crc, method, flags, offset, mode };
  if (wrapper === null) return { path: stored, part: partOf(stored), ...rest };
  // What is beside that folder is nobody's; and of its own names, the check has not seen the one that counts.
  if (!stored.startsWith(wrapper)) return { path: stored, part: null, ...rest };
  const path = stored.slice(wrapper.length) || "/";
  if (!folder) checkEntryPath(path);
  return { path, stored, part: partOf(path), ...rest };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeName(name: Uint8Array): string {
  try {
    return utf8.decode(name);
  } catch (error) {
    // What Windows and 7-Zip write in China where they are not told otherwise; shown so that a person recognises it.
    const path = new TextDecoder("gb18030").decode(name).slice(0, 300);
    const details = { path, found: "name is not UTF-8", why: "encoding" };
    throw new AppError("archive.hostile", details, { cause: error });
  }
}

function checkFeatures(record: CentralRecord, path: string): void {
  const [found, why] = findFeature(record);
  if (found !== null) throw new AppError("archive.unsupported", { path, found, why });
}

function findFeature(record: CentralRecord): [found: string | null, why?: string] {
  if ((record.flags & ENCRYPTED) !== 0) return ["encrypted", "encrypted"];
  if ((record.flags & PATCHED) !== 0) return ["a patch of another file"];
  if (record.disk !== 0) return ["on another disk", "split"];
  if (record.method === 0 || record.method === 8) return [null];
  const name = METHODS[record.method];
  return [`compression method ${name === undefined ? "" : `${name}, `}${record.method}`, "method"];
}

/** What archivers offer beside Deflate. */
const METHODS: Readonly<Record<number, string>> = {
  9: "Deflate64",
  12: "BZip2",
  14: "LZMA",
  93: "Zstandard",
  95: "XZ",
  98: "PPMd",
};

function checkAttributes(record: CentralRecord, path: string, folder: boolean): void {
  const type = UNIX_LIKE.has(record.madeBy) ? (record.attributes >>> 28) : 0;
  const allowed = folder ? [0, 0o4] : [0, 0o10];
  if (!allowed.includes(type)) {
    throw hostile(path, FILE_TYPES[type] ?? `file type ${type.toString(8)}`);
  }
  if ((record.attributes & DOS_REPARSE_POINT) !== 0) throw hostile(path, "reparse point");
}

/** The high four bits of a Unix mode. */
const FILE_TYPES: Readonly<Record<number, string>> = {
  0o1: "named pipe",
  0o2: "character device",
  0o4: "folder under a file's name",
  0o6: "block device",
  0o10: "file under a folder's name",
  0o12: "symbolic link",
  0o14: "socket",
};

function checkExtra(record: CentralRecord, path: string): void {
  if (record.extra.length === 0) return;
  for (const [id, content] of extraFields(record.extra)) {
    // Both can carry the target of a link after their fixed part.
    if (id === 0x000d && content.length > 12) throw hostile(path, "link target");
    if (id === 0x756e && content.length > 14) throw hostile(path, "link target");
    if (id === 0x7075 && !content.subarray(5).equals(record.name)) {
      throw hostile(path, "a second, different name");
    }
  }
}

function checkSizes(record: CentralRecord, path: string, folder: boolean): void {
  if (folder && record.size !== 0) throw hostile(path, "folder with content");
  if (record.method === 0 && record.size !== record.compressedSize) {
    throw hostile(path, "stored with two different sizes");
  }
  if (record.method === 8 && record.size > record.compressedSize * MAX_DEFLATE_RATIO) {
    throw hostile(path, `${record.compressedSize} bytes cannot expand to ${record.size}`);
  }
}

function hostile(path: string, found: string): AppError {
  return new AppError("archive.hostile", { path: path.slice(0, 300), found });
}
