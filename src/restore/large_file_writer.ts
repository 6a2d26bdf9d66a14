import { threadTurn } from "../archive/thread_turn.ts";
import { WorkerChannel } from "../archive/worker_channel.ts";
import { AppError, type ErrorCode, type ErrorDetails } from "../base/errors.ts";

/** Where a large file goes. */
export interface WriteOrder {
  /** A new file; its folder is made. */
  readonly path: string;
  /** Whether it is to survive a power cut, see {@linkcode LargeFileWriter.flush}. */
  readonly durable: boolean;
  /** Where the content comes from: the other end of a `PieceSender`'s. */
  readonly port: MessagePort;
}

/** What the thread that writes is asked, one after another. */
export type WriteRequest =
  | ({ readonly kind: "receive" } & WriteOrder)
  | { readonly kind: "flush" }
  | { readonly kind: "close" };

/** What it answers. */
export interface WriteReply {
  /** Of the content, hex; when all of it is received. */
  readonly sha256?: string;
  readonly failed?: { readonly code: ErrorCode; readonly details: ErrorDetails };
}

/**
 * Writes and hashes one large new file in a thread of its own, while another thread makes its content.
 *
 * Disposing waits until nothing is being written any more, and leaves what there is of the file.
 */
export class LargeFileWriter implements AsyncDisposable {
  readonly #channel: WorkerChannel<WriteRequest, WriteReply>;
  #closing: Promise<void> | null = null;

  private constructor(worker: URL) {
    this.#channel = new WorkerChannel(worker);
  }

  /**
   * Starts the thread.
   *
   * @param worker Another worker module, for tests.
   */
  static async start(worker: URL = WORKER): Promise<LargeFileWriter> {
    await threadTurn();
    return new LargeFileWriter(worker);
  }

  /**
   * Writes what comes until the sender says that it was all.
   *
   * @returns SHA-256 of the content, hex. It is all in the file, but need not be durable yet.
   * @throws {AppError} `storage.exists`, `storage.full` and other `storage.*`, `worker.crashed`; the signal's reason.
   */
  async receive(order: WriteOrder, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const stop = () => void this.#close();
    signal.addEventListener("abort", stop);
    try {
      const { sha256 } = await this.#ask({ kind: "receive", ...order }, [order.port]);
      if (sha256 === undefined) throw new TypeError("content without a hash");
      // Being closed by now, it could not be flushed.
      signal.throwIfAborted();
      return sha256;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Makes the file and its name durable. @throws {AppError} `storage.*`, `worker.crashed`. */
  async flush(): Promise<void> {
    await this.#ask({ kind: "flush" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    this.#channel[Symbol.dispose]();
  }

  #close(): Promise<void> {
    return this.#closing ??= this.#ask({ kind: "close" }).then(() => {}, (error) => {
      // A thread that is no more writes no more; why was told to whoever waited for it.
      if (!(error instanceof AppError)) throw error;
    });
  }

  async #ask(request: WriteRequest, transfer: Transferable[] = []): Promise<WriteReply> {
    const reply = await this.#channel.call(request, transfer);
    if (reply.failed !== undefined) throw new AppError(reply.failed.code, reply.failed.details);
    return reply;
  }
}

const WORKER = new URL("./write_large_worker.ts", import.meta.url);
