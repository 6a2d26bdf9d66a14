import type { ContentReport } from "../archive/check_content.ts";
import { verifyArchive, type VerifyReport } from "../archive/verify.ts";
import { runWorkerTask } from "../archive/worker_task.ts";
import { unpackContent, type UnpackOptions, type UnpackOrder } from "./unpack_content.ts";

/** What the worker is sent. */
export interface UnpackTask {
  readonly order: UnpackOrder;
  /** A number other than zero at its beginning: stop. */
  readonly stop: SharedArrayBuffer;
}

/** What the worker tells: bytes read, or an entry that is unpacked. */
export type UnpackNote = number | string;

/** Options of {@linkcode unpackArchive}. */
export interface UnpackArchiveOptions extends UnpackOptions {
  /** Of the whole file, as recorded. */
  readonly expected: { readonly md5?: string; readonly sha256?: string };
  /** Computes the file's MD5 even where its SHA-256 is known. */
  readonly withMd5?: boolean;
  /** Bytes of all content, as declared: little is unpacked where it is, without a thread. */
  readonly totalBytes: number;
  readonly signal: AbortSignal;
}

const INLINE_BYTES = 4 * 1024 * 1024;

/**
 * Verifies an archive as {@linkcode verifyArchive} does, and unpacks it in the same pass, in a thread of its own.
 *
 * When this settles, however it does, nobody writes any more.
 *
 * @returns The report; what was unpacked is worth nothing unless it is `valid`.
 * @throws {AppError} `storage.*`, `worker.crashed`; the signal's reason.
 */
export async function unpackArchive(
  order: UnpackOrder,
  options: UnpackArchiveOptions,
): Promise<VerifyReport> {
  const { signal, expected } = options;
  let unpacking: Promise<ContentReport> | null = null;
  try {
    return await verifyArchive(order.archive, {
      signal,
      expected,
      withoutMd5: expected.sha256 !== undefined && options.withMd5 !== true,
      readWith: (_, { signal }) => unpacking = read(order, options, signal ?? options.signal),
    });
  } finally {
    // The reason for the failure is known; this one may only be its consequence.
    await (unpacking as Promise<unknown> | null)?.catch(() => {});
  }
}

async function read(
  order: UnpackOrder,
  options: UnpackArchiveOptions,
  signal: AbortSignal,
): Promise<ContentReport> {
  if (options.totalBytes <= INLINE_BYTES) {
    return await unpackContent(order, {
      onFile: options.onFile,
      onBytes: (bytes) => {
        signal.throwIfAborted();
        options.onBytes(bytes);
      },
    });
  }
  const stop = new SharedArrayBuffer(4);
  const onAbort = () => Atomics.store(new Int32Array(stop), 0, 1);
  signal.addEventListener("abort", onAbort);
  try {
    signal.throwIfAborted();
    return await runWorkerTask<UnpackTask, UnpackNote, ContentReport>(WORKER, { order, stop }, {
      onNote: (note) => typeof note === "number" ? options.onBytes(note) : options.onFile(note),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const WORKER = new URL("./unpack_worker.ts", import.meta.url);
