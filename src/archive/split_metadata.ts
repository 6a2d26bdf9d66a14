import { AppError } from "../base/errors.ts";
import { METADATA_PATH } from "./entry_path.ts";
import { damagedMetadata, wrongType } from "./field_checks.ts";
import { FileRecords } from "./file_records.ts";
import { MAX_METADATA_DEPTH, MAX_METADATA_KEYS, MAX_METADATA_VALUES } from "./limits.ts";

/** A document about an archive in two: the list of its files, and everything else. */
export interface SplitMetadata {
  /** The document's JSON, its list of files empty. */
  readonly rest: Uint8Array<ArrayBuffer>;
  /** `null` when the document has none. */
  readonly files: FileRecords | null;
}

/**
 * Takes the list `files` out of a JSON document, so that the rest is small enough to be parsed at once.
 *
 * Counts on the way what would cost a parser memory that the size does not bound: a gigabyte for 24 MiB of nesting and
 * small values. Whether the rest and the records are JSON is found when they are parsed.
 *
 * @throws {AppError} `archive.damaged` for another kind of value among the files, for two lists and for deep nesting;
 * `archive.too_large`.
 */
export function splitMetadata(bytes: Uint8Array<ArrayBuffer>): SplitMetadata {
  const { list, values, names } = new Scan(bytes).run();
  checkLimit(values, "values", MAX_METADATA_VALUES);
  checkLimit(names, "names", MAX_METADATA_KEYS);
  if (list === null) return { rest: bytes, files: null };
  const rest = new Uint8Array(bytes.length - (list.end - list.start) + 2);
  rest.set(bytes.subarray(0, list.start + 1));
  rest.set(bytes.subarray(list.end - 1), list.start + 1);
  const starts = list.records.map((at) => at - list.start);
  return { rest, files: new FileRecords(bytes.subarray(list.start, list.end), starts) };
}

/** Where the list of files is. */
interface ListSpan {
  /** Its bracket. */
  readonly start: number;
  /** The byte after its closing one; 0 while that is not found. */
  end: number;
  /** The brace of each record. */
  readonly records: number[];
}

/** One pass over a document. */
class Scan {
  readonly #bytes: Uint8Array;
  #at = 0;
  #depth = 0;
  #values = 0;
  #names = 0;
  /** The quote with which the last text began. */
  #textAt = 0;
  /** The name of the value that follows is `files`. */
  #isNamedFiles = false;
  #list: ListSpan | null = null;
  #isInList = false;
  /** In the list, a record was the last thing met. */
  #isAfterRecord = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  run(): { list: ListSpan | null; values: number; names: number } {
    for (; this.#at < this.#bytes.length; this.#at++) {
      const byte = this.#bytes[this.#at] as number;
      if (byte === QUOTE) this.#passText();
      else if (byte === BRACE || byte === BRACKET) this.#open(byte);
      else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) this.#close(byte);
      else if (byte === COMMA) this.#passComma();
      else if (byte === COLON) this.#passColon();
      else if (this.#isBetweenRecords() && !WHITE_SPACE.includes(byte)) throw notAFile();
    }
    if (this.#isInList) throw notAFile();
    return { list: this.#list, values: this.#values, names: this.#names };
  }

  #passText(): void {
    if (this.#isBetweenRecords()) throw notAFile();
    this.#textAt = this.#at;
    for (this.#at += 1; this.#at < this.#bytes.length; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === BACKSLASH) this.#at += 1;
      else if (byte === QUOTE) return;
    }
  }

  #open(byte: number): void {
    if (this.#isBetweenRecords()) this.#beginRecord(byte);
    else if (this.#depth === 1 && byte === BRACKET && this.#isNamedFiles) this.#beginList();
    this.#depth += 1;
    this.#values += 1;
    if (this.#depth > MAX_METADATA_DEPTH) {
      throw damagedMetadata(`nested deeper than ${MAX_METADATA_DEPTH} levels`);
    }
  }

  #close(byte: number): void {
    if (this.#isBetweenRecords()) this.#endList(byte);
    this.#depth -= 1;
  }

  #passComma(): void {
    this.#values += 1;
    if (this.#isBetweenRecords()) {
      if (!this.#isAfterRecord) throw notAFile();
      this.#isAfterRecord = false;
    }
  }

  #passColon(): void {
    this.#names += 1;
    if (this.#isBetweenRecords()) throw notAFile();
    if (this.#depth === 1) {
      this.#isNamedFiles = FILES.every((byte, index) => this.#bytes[this.#textAt + index] === byte);
    }
  }

  #isBetweenRecords(): boolean {
    return this.#isInList && this.#depth === 2;
  }

  #beginList(): void {
    if (this.#list !== null) throw damagedMetadata("two lists of files");
    this.#list = { start: this.#at, end: 0, records: [] };
    this.#isInList = true;
  }

  #beginRecord(byte: number): void {
    if (byte !== BRACE || this.#isAfterRecord) throw notAFile();
    this.#list?.records.push(this.#at);
    this.#isAfterRecord = true;
  }

  #endList(byte: number): void {
    const list = this.#list;
    const isWhole = this.#isAfterRecord || list?.records.length === 0;
    if (list === null || byte !== CLOSING_BRACKET || !isWhole) throw notAFile();
    list.end = this.#at + 1;
    this.#isInList = false;
  }
}

/** What JSON takes for it. */
const WHITE_SPACE = [0x20, 0x0a, 0x0d, 0x09];
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const FILES = [...new TextEncoder().encode('"files"')];

function notAFile(): AppError {
  return wrongType("files", "a list of files");
}

function checkLimit(count: number, what: string, limit: number): void {
  if (count <= limit) return;
  throw new AppError("archive.too_large", { found: `${METADATA_PATH} of ${count} ${what}`, limit });
}
