import { HEAD_BYTES, recogniseFile } from "../archive/recognise_file.ts";
import { AppError } from "../base/errors.ts";
import { fromOsError } from "../storage/os_error.ts";

/** What {@linkcode receiveUpload} is told about a body. */
export interface ReceiveOptions {
  /** Bytes after which the body is refused. */
  readonly limitBytes: number;
  /** What the client announced; `null` when it did not. */
  readonly expectedBytes: number | null;
  /** How long the body may pause. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Called with each chunk's size before it is written; may throw, for instance when the disk fills. */
  readonly onBytes: (bytes: number) => void | Promise<void>;
}

/** Bytes read at once. */
const PIECE_BYTES = 256 * 1024;

/** How every ZIP begins: a local file header, the end record of an empty one, or the mark of one that was split. */
const ZIP_BEGINNINGS = ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"];

/**
 * Writes a body into a new file as it arrives, in memory no more than one chunk of it.
 *
 * What is not a ZIP is refused at its first bytes.
 *
 * @param path Must not exist; its folder must. The caller removes what is left there when this throws.
 * @returns Bytes received.
 * @throws {AppError} `upload.not_zip`, `upload.too_large`, `upload.incomplete` (the body broke off or paused too
 * long), `storage.*`; the signal's reason.
 */
export async function receiveUpload(
  body: ReadableStream<Uint8Array>,
  path: string,
  options: ReceiveOptions,
): Promise<number> {
  const reader = readerOf(body);
  const guard = guardReading(reader, options);
  let received = 0;
  try {
    using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    const beginning = new Beginning();
    while (true) {
      const { done, value } = await guard.read(received);
      if (done) break;
      received += value.length;
      if (received > options.limitBytes) {
        throw new AppError("upload.too_large", { limit_bytes: options.limitBytes });
      }
      beginning.see(value);
      await options.onBytes(value.length);
      for (let written = 0; written < value.length;) {
        written += await file.write(value.subarray(written));
      }
    }
    if (options.expectedBytes !== null && received !== options.expectedBytes) {
      throw incomplete(received, options.expectedBytes);
    }
    beginning.end();
    await file.sync();
    return received;
  } catch (error) {
    // The rest of the body is of no use; an error while giving it up changes nothing.
    await reader.cancel(error).catch(() => {});
    throw fromOsError(error, path);
  } finally {
    guard[Symbol.dispose]();
  }
}

/** A piece of a body; good until the next one is asked for. */
type Chunk = { readonly done: false; readonly value: Uint8Array } | {
  readonly done: true;
  readonly value?: unknown;
};

/** Reads a body piece by piece. */
interface ChunkReader {
  read(): Promise<Chunk>;
  cancel(reason: unknown): Promise<void>;
}

/**
 * Reads a body of bytes into one piece of memory, over and over: at the speed of a disk, a new one for each piece
 * would pile up faster than it is collected. Other bodies, such as a form's part, bring their own pieces.
 */
function readerOf(body: ReadableStream<Uint8Array>): ChunkReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return body.getReader();
  }
  let memory = new ArrayBuffer(PIECE_BYTES);
  return {
    read: async () => {
      const { done, value } = await reader.read(new Uint8Array(memory));
      if (done || value === undefined) return { done: true };
      memory = value.buffer as ArrayBuffer;
      return { done, value };
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Looks at a body's first bytes until it is known whether they are a ZIP's. */
class Beginning {
  #head = new Uint8Array(0);
  #isZip = false;

  see(chunk: Uint8Array): void {
    if (this.#isZip) return;
    const head = new Uint8Array(Math.min(this.#head.length + chunk.length, HEAD_BYTES));
    head.set(this.#head);
    head.set(chunk.subarray(0, head.length - this.#head.length), this.#head.length);
    this.#head = head;
    const mark = String.fromCharCode(...head.subarray(0, 4));
    this.#isZip = ZIP_BEGINNINGS.includes(mark);
    const mayBe = ZIP_BEGINNINGS.some((known) => known.startsWith(mark));
    // What it is instead is told by more bytes than what it is not.
    if (!this.#isZip && !mayBe && head.length === HEAD_BYTES) this.end();
  }

  /** @throws {AppError} `upload.not_zip` */
  end(): void {
    if (this.#isZip) return;
    const found = recogniseFile(this.#head);
    throw new AppError("upload.not_zip", found === null ? {} : { found });
  }
}

/**
 * Reads chunk by chunk, ending with an error when the body pauses for too long or the signal aborts.
 *
 * Each step has a promise of its own: racing against one that lives as long as the upload would keep every
 * chunk in memory until the end.
 */
function guardReading(
  reader: ChunkReader,
  { idleMs, signal, expectedBytes }: ReceiveOptions,
) {
  let stop = (_reason: unknown) => {};
  const onAbort = () => stop(signal.reason);
  signal.addEventListener("abort", onAbort);
  return {
    read: async (received: number) => {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<Chunk>();
      stop = reject;
      const timer = setTimeout(() => reject(incomplete(received, expectedBytes)), idleMs);
      readOrBreak(reader, received, expectedBytes).then(resolve, reject);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort),
  };
}

async function readOrBreak(
  reader: ChunkReader,
  received: number,
  expectedBytes: number | null,
) {
  try {
    return await reader.read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw incomplete(received, expectedBytes, error);
  }
}

function incomplete(received: number, expected: number | null, cause?: unknown): AppError {
  return new AppError("upload.incomplete", { received, expected: expected ?? "?" }, { cause });
}
