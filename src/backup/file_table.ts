import { Buffer } from "node:buffer";
import { join } from "node:path";
import { PackedRecords, type RecordPlace } from "../archive/packed_records.ts";

/** A file of the library and the place it has in an archive. */
export interface LibraryFile {
  /** Absolute path on disk. */
  readonly path: string;
  /** Name of the entry, such as `covers/1.jpg`. */
  readonly entry: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Where files come from, and where they go. */
export interface FileBase {
  /** A folder on disk. */
  readonly folder: string;
  /** What stands for it in an archive, such as `covers`. */
  readonly prefix: string;
}

/** A file, by its name from a {@linkcode FileBase}. */
export interface FoundFile {
  /** With `/` between its segments. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  readonly mode: number;
}

/** Before a name: its length, the number of its base, size, time and mode. */
const FIXED_BYTES = 2 + 2 + 8 + 8 + 2;

/** Files of the library in the order they were found: their names and {@linkcode FIXED_BYTES} bytes for each. */
export class FileTable implements Iterable<LibraryFile> {
  readonly #bases: FileBase[] = [];
  readonly #records = new PackedRecords();
  #length = 0;
  #totalBytes = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Of all of them. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Adds one at the end. @param base Few different ones, each of which may have any number of files. */
  add(base: FileBase, { name, sizeBytes, modifiedAt, mode }: FoundFile): void {
    if (this.#bases.at(-1) !== base) this.#bases.push(base);
    const nameBytes = Buffer.byteLength(name);
    const { page, at } = this.#records.push(FIXED_BYTES + nameBytes);
    page.writeUInt16LE(nameBytes, at);
    page.writeUInt16LE(this.#bases.length - 1, at + 2);
    page.writeDoubleLE(sizeBytes, at + 4);
    page.writeDoubleLE(modifiedAt, at + 12);
    page.writeUInt16LE(mode, at + 20);
    page.write(name, at + FIXED_BYTES);
    this.#length += 1;
    this.#totalBytes += sizeBytes;
  }

  /** Adds those of another table. */
  addAll(other: FileTable, wants: (file: LibraryFile) => boolean = () => true): void {
    for (const [base, found] of other.#found()) {
      if (wants(toFile(base, found))) this.add(base, found);
    }
  }

  *[Symbol.iterator](): Generator<LibraryFile> {
    for (const [base, found] of this.#found()) yield toFile(base, found);
  }

  *#found(): Generator<readonly [FileBase, FoundFile]> {
    for (const place of this.#records.places(endOf)) {
      const { page, at } = place;
      const base = this.#bases[page.readUInt16LE(at + 2)] as FileBase;
      yield [base, {
        name: page.toString("utf8", at + FIXED_BYTES, endOf(place)),
        sizeBytes: page.readDoubleLE(at + 4),
        modifiedAt: page.readDoubleLE(at + 12),
        mode: page.readUInt16LE(at + 20),
      }];
    }
  }
}

function toFile({ folder, prefix }: FileBase, { name, ...found }: FoundFile): LibraryFile {
  return { path: join(folder, name), entry: `${prefix}/${name}`, ...found };
}

function endOf({ page, at }: RecordPlace): number {
  return at + FIXED_BYTES + page.readUInt16LE(at);
}
