import { checkCount, checkHash, checkObject, checkText } from "./field_checks.ts";
import { parseJson } from "./parse_json.ts";
import type { FileRecord } from "./types.ts";

/**
 * The files of an archive as its metadata lists them, kept as the JSON that they stand in.
 *
 * A record is made when somebody asks for it, and is theirs to drop: fifty thousand of them cost 7 MB outside the heap,
 * and as objects several times that while they are parsed.
 */
export class FileRecords implements Iterable<FileRecord> {
  /** The list's JSON, brackets included. */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly #starts: Uint32Array;

  /**
   * @param json The list's JSON, brackets included: objects, and between them one comma and white space.
   * @param starts Where in it each object begins.
   */
  constructor(json: Uint8Array<ArrayBuffer>, starts: readonly number[]) {
    this.json = json;
    this.#starts = Uint32Array.from(starts);
  }

  /** Number of files. */
  get length(): number {
    return this.#starts.length;
  }

  /**
   * Makes the record of one file; `undefined` past the last.
   *
   * @throws {AppError} `archive.damaged` when it is none.
   */
  at(index: number): FileRecord | undefined {
    const start = this.#starts[index];
    if (start === undefined) return undefined;
    const next = this.#starts[index + 1] ?? this.json.length;
    const end = this.json.lastIndexOf(CLOSING_BRACE, next - 1) + 1;
    return checkFile(parseJson(this.json.subarray(start, end)));
  }

  /**
   * Makes one record after the other.
   *
   * @throws {AppError} `archive.damaged` at the first that is none.
   */
  *[Symbol.iterator](): Generator<FileRecord> {
    for (let index = 0, file; (file = this.at(index)) !== undefined; index++) yield file;
  }
}

const CLOSING_BRACE = 0x7d;

function checkFile(value: unknown): FileRecord {
  const { path, size, sha256 } = checkObject(value, "files");
  return {
    path: checkText(path, "files.path"),
    size: checkCount(size, "files.size"),
    sha256: checkHash(sha256, "files.sha256"),
  };
}
