import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";
import type { FileMark } from "./live_files.ts";
import { readChunks } from "../storage/read_chunks.ts";

/** One file in a list: its path in the archive without the part's folder, its size and its hash. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** The live file, which held this already when the restore began: it is left alone, on the way there and back. */
  readonly untouched?: FileMark;
  /** The disk does not take the name, says this code: the file is not staged. */
  readonly refused?: string;
  /** Permission bits that a new file gets. */
  readonly mode?: number;
}

const BUFFER_CHARACTERS = 256 * 1024;

/**
 * Writes a list of files, one JSON line each, so that no number of them has to fit the journal or the
 * memory. Durable after {@linkcode FileListWriter.finish}.
 */
export class FileListWriter implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #buffer = "";
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Starts a list, in place of any that is there. */
  static async create(path: string): Promise<FileListWriter> {
    try {
      const file = await Deno.open(path, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      return new FileListWriter(path, file);
    } catch (error) {
      throw fromOsError(error, path);
    }
  }

  /** Adds a line. May be called again before it returns: lines are written whole, one after the other. */
  async add({ path, size, sha256, untouched, refused, mode }: ListedFile): Promise<void> {
    const line = [path, size, sha256, untouched ?? null, refused ?? null, mode ?? null];
    while (line.at(-1) === null) line.pop();
    this.#buffer += JSON.stringify(line) + "\n";
    if (this.#buffer.length >= BUFFER_CHARACTERS) await this.#flush();
  }

  /** Writes what is left and makes the file durable. */
  async finish(): Promise<void> {
    await this.#flush();
    try {
      await this.#file.sync();
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #flush(): Promise<void> {
    const bytes = new TextEncoder().encode(this.#buffer);
    this.#buffer = "";
    this.#writing = this.#writing.then(() => this.#write(bytes));
    // Whoever awaits it hears of a failure; the chain itself must not be an unhandled one.
    this.#writing.catch(() => {});
    return this.#writing;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      let written = 0;
      while (written < bytes.length) written += await this.#file.write(bytes.subarray(written));
    } catch (error) {
      throw fromOsError(error, this.#path);
    }
  }
}

/**
 * Reads a list line by line.
 *
 * @throws {AppError} `storage.missing` when the list is gone, `storage.failed` when a line is not one of ours.
 */
export async function* readFileList(path: string): AsyncGenerator<ListedFile> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of readChunks(path)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield parseLine(line, path);
  }
  if (rest !== "") throw new AppError("storage.failed", { path, found: "unfinished line" });
}

/**
 * Loads a list for looking paths up; about 250 bytes of memory for each file.
 */
export async function loadFileList(path: string): Promise<Map<string, ListedFile>> {
  const files = new Map<string, ListedFile>();
  for await (const file of readFileList(path)) files.set(file.path, file);
  return files;
}

function parseLine(line: string, file: string): ListedFile {
  const [path, size, sha256, untouched = null, refused = null, mode = null] = JSON.parse(line);
  if (typeof path !== "string" || typeof size !== "number" || typeof sha256 !== "string") {
    throw new AppError("storage.failed", { path: file, found: "a line that is not ours" });
  }
  const marks = Object.entries({ untouched, refused, mode }).filter(([, mark]) => mark !== null);
  return { path, size, sha256, ...Object.fromEntries(marks) };
}
