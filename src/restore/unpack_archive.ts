import { type ContentReport, judgeElsewhere } from "../archive/check_content.ts";
import { verifyArchive, type VerifyReport } from "../archive/verify.ts";
import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { runWorkerTask } from "../archive/worker_task.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { type AppError, isAppError } from "../base/errors.ts";
import { StopFlag } from "./stop_flag.ts";
import { type LargeTask, unpackLarge } from "./unpack_large.ts";
import {
  type LargeEntry,
  pathOf,
  unpackContent,
  type UnpackOptions,
  type UnpackOrder,
} from "./unpack_content.ts";

/** What the thread is sent that unpacks an archive, the large entry apart. */
export interface UnpackTask {
  readonly order: UnpackOrder;
  /** A `StopFlag`'s. */
  readonly stop: SharedArrayBuffer;
}

/** What a thread tells: bytes read, an entry that is unpacked, or one whose name the disk does not take. */
export type UnpackNote = number | string | { readonly refused: string };

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

/** Starting a thread takes as long as inflating this much. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** Says of an entry that it is worth threads of its own; `null` when it is not. */
export function asLarge(archive: Archive, entry: ArchiveEntry | null): LargeEntry | null {
  if (entry === null || entry.size < LARGE_BYTES) return null;
  return { entry, limit: archive.limitOf(entry) };
}

/**
 * Verifies an archive as {@linkcode verifyArchive} does, and unpacks it in the same pass, in threads of its own: two for the
 * large entry, one for all the others.
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
    return await unpackContent({ ...order, large: null }, {
      onFile: options.onFile,
      onRefused: (path) => options.onRefused?.(path),
      onBytes: (bytes) => {
        signal.throwIfAborted();
        options.onBytes(bytes);
      },
    });
  }
  const { large } = order;
  const path = large ? pathOf(large.entry, order) : null;
  if (!large || path === null) {
    return await unpackRest({ ...order, large: null }, options, signal);
  }
  // The large one takes longest: its threads are the first to be started.
  const [read, report] = await bothOrNeither(signal, (signal) => [
    tryUnpackLarge({ ...order, large, path }, options, signal),
    unpackRest(order, options, signal),
  ]);
  return judgeElsewhere(report, large.entry, read);
}

async function unpackRest(
  order: UnpackOrder,
  options: UnpackOptions,
  signal: AbortSignal,
): Promise<ContentReport> {
  using stop = new StopFlag(signal);
  const task: UnpackTask = { order, stop: stop.memory };
  try {
    // A thread that writes files is never just ended: it is asked to stop, and waited for.
    return await runWorkerTask<UnpackTask, UnpackNote, ContentReport>(WORKER, task, {
      onNote: (note) => {
        if (typeof note === "number") options.onBytes(note);
        else if (typeof note === "string") options.onFile(note);
        else options.onRefused?.(note.refused);
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** @returns Its SHA-256, or what is wrong with it. */
async function tryUnpackLarge(
  task: LargeTask,
  options: UnpackOptions,
  signal: AbortSignal,
): Promise<string | AppError> {
  try {
    return await unpackLarge(task, options, signal);
  } catch (error) {
    if (isAppError(error, "archive.damaged")) return error;
    throw error;
  }
}

const WORKER = new URL("./unpack_worker.ts", import.meta.url);
