import { AppError } from "../../base/errors.ts";
import { fromOsError } from "../../storage/os_error.ts";

/** More than any library's schema has by orders of magnitude, and little enough to read at once. */
export const MAX_OBJECTS = 10_000;
/** The same for the text of all definitions together. */
export const MAX_SCHEMA_BYTES = 16 * 1024 * 1024;

/** Pages that a schema within the limits can fill, with room to spare. */
const MAX_PAGES = 4 * MAX_OBJECTS;
const MAGIC = "SQLite format 3\0";

/**
 * Makes sure that SQLite will get to the end of a stranger's schema.
 *
 * SQLite reads it whole before it does anything and cannot be interrupted meanwhile: a damaged one once kept it busy
 * without end. So each page of that one tree is looked at here first, once. Anything else that is wrong is left for
 * SQLite to say.
 *
 * @param path Never the live database: the file is opened and closed, which would drop SQLite's locks on it.
 * @param options `limited`: it may not be larger than a library's, either.
 * @throws {AppError} `database.hostile`
 * @see https://sqlite.org/fileformat2.html#b_tree_pages
 */
export function checkSchemaTree(path: string, { limited }: { limited: boolean }): void {
  try {
    using file = Deno.openSync(path, { read: true });
    const header = readAt(file, 0, 100);
    if (header === null || new TextDecoder().decode(header.subarray(0, 16)) !== MAGIC) return;
    const pageBytes = new DataView(header.buffer).getUint16(16);
    walkTree(file, pageBytes === 1 ? 65_536 : pageBytes, limited);
  } catch (error) {
    throw fromOsError(error, path);
  }
}

function walkTree(file: Deno.FsFile, pageBytes: number, limited: boolean): void {
  if (pageBytes < 512) return;
  const seen = new Set<number>();
  const waiting = [1];
  let objects = 0;
  let bytes = 0;
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (seen.has(page)) {
      throw new AppError("database.hostile", {
        found: `page ${page} twice in the schema`,
        limit: 1,
      });
    }
    seen.add(page);
    if (limited && seen.size > MAX_PAGES) {
      throw tooLarge(`more than ${MAX_PAGES} pages of schema`, MAX_PAGES);
    }
    const content = readAt(file, (page - 1) * pageBytes, pageBytes);
    if (content === null) continue;
    const found = readPage(content, page === 1 ? 100 : 0);
    waiting.push(...found.children);
    objects += found.payloads.length;
    bytes += found.payloads.reduce((sum, size) => sum + size, 0);
    if (limited) checkSchemaSize(objects, bytes);
  }
}

/**
 * Refuses a schema that is too large to be a library's.
 *
 * @throws {AppError} `database.hostile`
 */
export function checkSchemaSize(objects: number, bytes: number): void {
  if (objects > MAX_OBJECTS) throw tooLarge(`${objects} objects in the schema`, MAX_OBJECTS);
  if (bytes > MAX_SCHEMA_BYTES) throw tooLarge(`${bytes} bytes of schema`, MAX_SCHEMA_BYTES);
}

interface TreePage {
  readonly children: number[];
  /** Sizes of the rows, what overflows to other pages included. */
  readonly payloads: number[];
}

const INTERIOR = 0x05;
const LEAF = 0x0d;

function readPage(content: Uint8Array<ArrayBuffer>, header: number): TreePage {
  const view = new DataView(content.buffer);
  const type = view.getUint8(header);
  const count = view.getUint16(header + 3);
  const first = header + (type === INTERIOR ? 12 : 8);
  const page: TreePage = { children: [], payloads: [] };
  if (type !== INTERIOR && type !== LEAF) return page;
  if (type === INTERIOR) page.children.push(view.getUint32(header + 8));
  for (let index = 0; index < count && first + 2 * index + 2 <= content.length; index += 1) {
    const cell = view.getUint16(first + 2 * index);
    if (type === LEAF) page.payloads.push(readVarint(content, cell));
    else if (cell + 4 <= content.length) page.children.push(view.getUint32(cell));
  }
  return page;
}

/** @see https://sqlite.org/fileformat2.html#varint */
function readVarint(content: Uint8Array, start: number): number {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = content[start + index] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return value * 256 + (content[start + 8] ?? 0);
}

function readAt(
  file: Deno.FsFile,
  position: number,
  length: number,
): Uint8Array<ArrayBuffer> | null {
  const content = new Uint8Array(length);
  file.seekSync(position, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const read = file.readSync(content.subarray(done));
    if (read === null) return null;
    done += read;
  }
  return content;
}

/** Its owner may say that it is what it is. */
function tooLarge(found: string, limit: number): AppError {
  return new AppError("database.hostile", { found, limit, too_large: true });
}
