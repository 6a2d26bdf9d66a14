import { runWorkerTask } from "../archive/worker_task.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { LargeFileWriter } from "./large_file_writer.ts";
import type { LargeEntry, UnpackOptions, UnpackOrder } from "./unpack_content.ts";

/** The large entry of an archive, and where it goes. */
export interface LargeTask extends Pick<UnpackOrder, "archive" | "durable"> {
  readonly large: LargeEntry;
  /** A new file; its folder is made. */
  readonly path: string;
}

/** What the thread that inflates is sent. */
export interface InflateTask extends Pick<LargeTask, "archive" | "large" | "durable"> {
  /** To the thread that writes. */
  readonly port: MessagePort;
}

/** Options of {@linkcode unpackLarge}. */
export interface UnpackLargeOptions extends UnpackOptions {
  /** Other worker modules, for tests. */
  readonly workers?: { readonly inflate?: URL; readonly write?: URL };
}

/**
 * Unpacks one large entry with two threads: one inflates it and compares its CRC-32, the other hashes and writes it.
 *
 * Both are started here: a worker that is started by a worker hears of its messages half a second late (Deno 2.9.6).
 * When this settles, however it does, nobody writes any more.
 *
 * @returns SHA-256 of the content, hex.
 * @throws {AppError} `archive.damaged`, `storage.*`, `worker.crashed`; the signal's reason.
 */
export async function unpackLarge(
  { archive, large, path, durable }: LargeTask,
  options: UnpackLargeOptions,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const { inflate = WORKER, write } = options.workers ?? {};
  using ports = openPorts();
  const [port1, port2] = ports.pair;
  await using threads = new AsyncDisposableStack();
  // Nothing is awaited before both threads have asked for their turns to start.
  const writing = LargeFileWriter.start(write).then((writer) => threads.use(writer));
  const [sha256] = await bothOrNeither(signal, (signal) => [
    writing.then((writer) => writer.receive({ path, durable, port: port2 }, signal)),
    runWorkerTask<InflateTask, number, void>(inflate, { archive, large, durable, port: port1 }, {
      signal,
      transfer: [port1],
      onNote: options.onBytes,
    }),
  ]);
  // Whoever waits for the content need not wait for the disk.
  options.onFile(large.entry.path);
  if (durable) await (await writing).flush();
  return sha256;
}

/** Two joined ports. Disposing closes those that no thread was sent. */
function openPorts(): Disposable & { readonly pair: readonly [MessagePort, MessagePort] } {
  const { port1, port2 } = new MessageChannel();
  return {
    pair: [port1, port2],
    [Symbol.dispose]() {
      port1.close();
      port2.close();
    },
  };
}

const WORKER = new URL("./unpack_large_worker.ts", import.meta.url);
