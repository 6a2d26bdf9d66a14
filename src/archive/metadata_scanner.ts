import { AppError } from "../base/errors.ts";
import { ByteList } from "./byte_list.ts";
import { METADATA_PATH } from "./entry_path.ts";
import { checkFile, damagedMetadata, wrongType } from "./field_checks.ts";
import {
  MAX_ENTRIES,
  MAX_FILE_RECORD_BYTES,
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUES,
} from "./limits.ts";
import { parseJson } from "./parse_json.ts";
import type { FileRecord } from "./types.ts";

/** Where in a document its list of files is, bytes from the beginning. */
export interface ListSpan {
  /** Its bracket. */
  readonly start: number;
  /** The byte after its closing one; 0 while that has not come. */
  readonly end: number;
}

/** Options of {@linkcode MetadataScanner}. */
export interface ScannerOptions {
  /** Given the files as they come, some at a time. Without it they are not looked at one by one. */
  readonly onFiles?: (files: readonly FileRecord[]) => void;
  /** Looks at nothing from the list of files on, which is the last member of every document of ours. */
  readonly headOnly?: boolean;
}

/**
 * Takes the list `files` out of a JSON document that comes in pieces, so that what is left is small enough to be parsed
 * at once, however many files there are.
 *
 * Counts on the way what would cost a parser memory that the size does not bound: a gigabyte for 24 MiB of nesting and
 * small values. Whether what is left is JSON is found when it is parsed.
 */
export class MetadataScanner {
  readonly #options: ScannerOptions;
  readonly #rest = new ByteList();
  #piece: Uint8Array = NOTHING;
  #at = 0;
  /** Bytes of the pieces before. */
  #passed = 0;
  #depth = 0;
  #values = 0;
  #names = 0;
  #isInText = false;
  #isEscaped = false;
  /** How many bytes of the text at hand are those of the name `files`; -1: it is another. */
  #matched = -1;
  /** The name of the value that follows is `files`. */
  #isNamedFiles = false;
  #list: { start: number; end: number } | null = null;
  #isInList = false;
  /** In the list, a record was the last thing met. */
  #isAfterRecord = false;
  #files = 0;
  /** A record whose end is in none of the pieces before. */
  #begun: Uint8Array = NOTHING;
  /** In this piece: the first and the last record's brace, and the byte after the last whole record; -1: none. */
  #first = -1;
  #last = -1;
  #whole = -1;
  /** Where in this piece begins what belongs to the rest. */
  #restFrom = 0;

  constructor(options: ScannerOptions = {}) {
    this.#options = options;
  }

  /** Where the list is; `null` while none has begun. */
  get list(): ListSpan | null {
    return this.#list;
  }

  /**
   * Takes the next bytes; keeps none of them but what it must.
   *
   * @throws {AppError} `archive.damaged` for another kind of value among the files, for two lists and for deep nesting;
   * `archive.too_large`.
   */
  push(piece: Uint8Array): void {
    if (this.#isHeadDone()) return;
    this.#piece = piece;
    this.#restFrom = this.#isInList ? -1 : 0;
    for (this.#at = 0; this.#at < piece.length; this.#at++) {
      if (this.#isInText) this.#passText();
      else this.#pass(piece[this.#at] as number);
      if (this.#isHeadDone()) return;
    }
    if (this.#isInList) this.#takeRecords();
    else this.#keepRest(piece.length);
    this.#passed += piece.length;
  }

  /**
   * Ends the document.
   *
   * @returns Its JSON, the list of files empty.
   * @throws {AppError} `archive.damaged` when it ends within the list.
   */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#isHeadDone()) this.#rest.push(CLOSING);
    else if (this.#isInList) throw notAFile();
    return this.#rest.bytes();
  }

  #isHeadDone(): boolean {
    return this.#list !== null && this.#options.headOnly === true;
  }

  #passText(): void {
    for (; this.#at < this.#piece.length; this.#at++) {
      const byte = this.#piece[this.#at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === QUOTE) {
        this.#isInText = false;
        return;
      } else if (byte === BACKSLASH) {
        this.#isEscaped = true;
        this.#matched = -1;
      } else if (this.#matched >= 0) {
        this.#matched = FILES[this.#matched] === byte ? this.#matched + 1 : -1;
      }
    }
  }

  #pass(byte: number): void {
    if (byte === QUOTE) this.#beginText();
    else if (byte === BRACE || byte === BRACKET) this.#open(byte);
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) this.#close(byte);
    else if (byte === COMMA) this.#passComma();
    else if (byte === COLON) this.#passColon();
    else if (this.#isBetweenRecords() && !WHITE_SPACE.includes(byte)) throw notAFile();
  }

  #beginText(): void {
    if (this.#isBetweenRecords()) throw notAFile();
    this.#isInText = true;
    this.#matched = this.#depth === 1 ? 0 : -1;
  }

  #open(byte: number): void {
    if (this.#isBetweenRecords()) this.#beginRecord(byte);
    else if (this.#depth === 1 && byte === BRACKET && this.#isNamedFiles) this.#beginList();
    this.#depth += 1;
    this.#count("values");
    if (this.#depth > MAX_METADATA_DEPTH) {
      throw damagedMetadata(`nested deeper than ${MAX_METADATA_DEPTH} levels`);
    }
  }

  #close(byte: number): void {
    if (this.#isBetweenRecords()) this.#endList(byte);
    this.#depth -= 1;
    if (this.#isBetweenRecords()) this.#whole = this.#at + 1;
  }

  #passComma(): void {
    this.#count("values");
    if (!this.#isBetweenRecords()) return;
    if (!this.#isAfterRecord) throw notAFile();
    this.#isAfterRecord = false;
  }

  #passColon(): void {
    if (this.#isBetweenRecords()) throw notAFile();
    this.#count("names");
    if (this.#depth === 1) this.#isNamedFiles = this.#matched === FILES.length;
  }

  /** Those of the files are not counted: they go a few at a time. */
  #count(what: "values" | "names"): void {
    if (this.#isInList) return;
    if (what === "values") checkLimit(++this.#values, what, MAX_METADATA_VALUES);
    else checkLimit(++this.#names, what, MAX_METADATA_KEYS);
  }

  #isBetweenRecords(): boolean {
    return this.#isInList && this.#depth === 2;
  }

  #beginList(): void {
    if (this.#list !== null) throw damagedMetadata("two lists of files");
    this.#list = { start: this.#passed + this.#at, end: 0 };
    this.#keepRest(this.#at + 1);
    this.#isInList = true;
  }

  #beginRecord(byte: number): void {
    if (byte !== BRACE || this.#isAfterRecord) throw notAFile();
    this.#isAfterRecord = true;
    checkLimit(++this.#files, "files", MAX_ENTRIES);
    this.#last = this.#at;
    if (this.#first < 0) this.#first = this.#at;
  }

  #endList(byte: number): void {
    const isWhole = this.#isAfterRecord || this.#files === 0;
    if (this.#list === null || byte !== CLOSING_BRACKET || !isWhole) throw notAFile();
    this.#takeRecords();
    this.#list.end = this.#passed + this.#at + 1;
    this.#isInList = false;
    this.#restFrom = this.#at;
  }

  /** Hands out the records that are whole, and keeps the beginning of one that is not. */
  #takeRecords(): void {
    const isGoingOn = this.#begun.length > 0;
    if (this.#whole > 0) {
      this.#handOut(this.#piece.subarray(isGoingOn ? 0 : this.#first, this.#whole));
      this.#begun = NOTHING;
    }
    if (this.#depth > 2) {
      const from = this.#last >= 0 ? this.#last : 0;
      this.#begun = join(this.#begun, this.#piece.subarray(from));
      checkLimit(this.#begun.length, "bytes about one file", MAX_FILE_RECORD_BYTES);
    }
    this.#first = this.#last = this.#whole = -1;
  }

  #handOut(bytes: Uint8Array): void {
    const { onFiles } = this.#options;
    if (onFiles === undefined) return;
    const values = parseJson(join(OPENING, this.#begun, bytes, ENDING)) as unknown[];
    onFiles(values.map(checkFile));
  }

  #keepRest(end: number): void {
    this.#rest.push(this.#piece.subarray(this.#restFrom, end));
    checkLimit(this.#rest.length, "bytes beside its files", MAX_METADATA_BYTES);
  }
}

const NOTHING = new Uint8Array(0);
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
const FILES = new TextEncoder().encode("files");
const OPENING = Uint8Array.of(BRACKET);
const ENDING = Uint8Array.of(CLOSING_BRACKET);
const CLOSING = Uint8Array.of(CLOSING_BRACKET, CLOSING_BRACE);

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of parts) {
    joined.set(part, filled);
    filled += part.length;
  }
  return joined;
}

function notAFile(): AppError {
  return wrongType("files", "a list of files");
}

function checkLimit(count: number, what: string, limit: number): void {
  if (count <= limit) return;
  throw new AppError("archive.too_large", { found: `${METADATA_PATH} of ${count} ${what}`, limit });
}
