import { fromOsError } from "../storage/os_error.ts";

/** Where a {@linkcode RecordLog} lives and how much it may hold. */
export interface RecordLogOptions {
  /** Bytes after which a new file is begun; the one before it is kept, older ones go. Default 1 MiB. */
  readonly rotateBytes?: number;
  /** Default `0600`. */
  readonly mode?: number;
}

/**
 * A bounded file of JSON records that several processes may append to at once.
 *
 * Each record is one line that begins, not only ends, with a newline: a line torn by a kill spoils itself
 * alone. At `rotateBytes` the file is renamed to `<path>.1`, so a writer that still holds it open loses
 * nothing. A line that cannot be read back is passed over.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7464#section-2.1 on separators before a record
 */
export class RecordLog<Row> {
  readonly #path: string;
  readonly #check: (value: unknown) => value is Row;
  readonly #rotateBytes: number;
  readonly #mode: number;

  /**
   * @param path The file; its folder must exist.
   * @param check Tells whether a line read back is a record.
   */
  constructor(
    path: string,
    check: (value: unknown) => value is Row,
    options: RecordLogOptions = {},
  ) {
    this.#path = path;
    this.#check = check;
    this.#rotateBytes = options.rotateBytes ?? 1_048_576;
    this.#mode = options.mode ?? 0o600;
  }

  /**
   * Adds a record at the end.
   *
   * @throws {AppError} `storage.*` when it cannot be written.
   */
  async append(row: Row): Promise<void> {
    try {
      await this.#rotateWhenLarge();
      await Deno.writeTextFile(this.#path, `\n${JSON.stringify(row)}\n`, {
        append: true,
        mode: this.#mode,
      });
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }

  /** Reads every record, oldest first; at most about twice `rotateBytes`. */
  async read(): Promise<Row[]> {
    const older = await readLines(`${this.#path}.1`);
    const newer = await readLines(this.#path);
    return [...older, ...newer].flatMap((line) => {
      const value = parseLine(line);
      return this.#check(value) ? [value] : [];
    });
  }

  async #rotateWhenLarge(): Promise<void> {
    try {
      const { size } = await Deno.stat(this.#path);
      if (size >= this.#rotateBytes) await Deno.rename(this.#path, `${this.#path}.1`);
    } catch (error) {
      // Absent: nothing written yet, or another process rotated it a moment ago.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(path)).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw fromOsError(error, path);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    // A torn or foreign line: the caller's check refuses `undefined`.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
