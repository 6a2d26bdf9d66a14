import { AppError } from "../base/errors.ts";
import type { Measured } from "./entry_measure.ts";
import type { SmallFile, SmallFiles } from "./read_small_files.ts";
import { BATCH_FILES } from "./limits.ts";
import { WorkerChannel } from "./worker_channel.ts";

/** A small file, read and measured. */
export interface MeasuredFile extends Measured {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Says that `bytes` are needed no more: the memory of a batch is freed with its last file. */
  release(): void;
}

interface Wanted {
  readonly path: string;
  readonly answer: PromiseWithResolvers<MeasuredFile | null>;
}

/** Batches on their way: one being read, one waiting. */
const MAX_BATCHES = 2;

/**
 * Reads small files in a thread of its own, many in one message.
 *
 * Fifty thousand covers read one by one cost an event loop more than all the rest of their backup; the
 * thread waits for the disk instead, and hashes what it reads. Ask for several before awaiting the first.
 */
export class SmallFileReader implements Disposable {
  #channel: WorkerChannel<readonly string[], SmallFiles> | null = null;
  readonly #queue: {
    readonly path: string;
    readonly answer: PromiseWithResolvers<MeasuredFile | null>;
  }[] = [];
  #batches = 0;
  #disposed = false;

  /**
   * Reads a file whole.
   *
   * @returns `null` when it is larger than what is read ahead.
   * @throws {AppError} `storage.missing`, `storage.permission`, `storage.failed`, `worker.crashed`.
   */
  read(path: string): Promise<MeasuredFile | null> {
    const answer = Promise.withResolvers<MeasuredFile | null>();
    this.#queue.push({ path, answer });
    // Later in this turn of the event loop, when others have asked too.
    queueMicrotask(() => this.#pump());
    return answer.promise;
  }

  /** Ends the thread while nothing is asked of it; the next question starts another. */
  rest(): void {
    if (this.#batches > 0 || this.#queue.length > 0) return;
    this.#channel?.[Symbol.dispose]();
    this.#channel = null;
  }

  #pump(): void {
    while (this.#batches < MAX_BATCHES && this.#queue.length > 0) {
      this.#batches += 1;
      this.#send(this.#queue.splice(0, BATCH_FILES));
    }
  }

  async #send(batch: readonly Wanted[]): Promise<void> {
    try {
      const { files, bytes } = await this.#worker().call(batch.map(({ path }) => path));
      let at = 0;
      let inUse = files.length;
      const release = () => {
        inUse -= 1;
        if (inUse === 0) bytes.buffer.transfer(0);
      };
      for (const [index, file] of files.entries()) {
        const end = at + (file.kind === "read" ? file.size : 0);
        settle(batch[index]?.answer, file, { bytes: bytes.subarray(at, end), release });
        at = end;
      }
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    } finally {
      this.#batches -= 1;
      this.#pump();
    }
  }

  #worker(): WorkerChannel<readonly string[], SmallFiles> {
    if (this.#disposed) throw new AppError("worker.crashed", { found: "stopped" });
    this.#channel ??= new WorkerChannel(new URL("./small_file_worker.ts", import.meta.url));
    return this.#channel;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#channel?.[Symbol.dispose]();
  }
}

function settle(
  answer: PromiseWithResolvers<MeasuredFile | null> | undefined,
  file: SmallFile,
  memory: Pick<MeasuredFile, "bytes" | "release">,
): void {
  if (file.kind === "read") {
    const { size, crc, sha256 } = file;
    return answer?.resolve({ size, crc, sha256, ...memory });
  }
  memory.release();
  if (file.kind === "large") answer?.resolve(null);
  else answer?.reject(new AppError(file.code, file.details));
}
