import { WorkerChannel } from "./worker_channel.ts";

/** A piece of an entry on its way to a worker. */
export interface DeflateRequest {
  readonly block: Uint8Array<ArrayBuffer>;
  /** The content right before it, as far as the block may refer to it. */
  readonly before: Uint8Array<ArrayBuffer>;
  readonly level: number;
}

/** What a worker gives back. */
export interface DeflatedBlock {
  readonly output: Uint8Array<ArrayBuffer>;
  /** The memory of the request's block, to be used again. */
  readonly block: Uint8Array<ArrayBuffer>;
}

/** Each costs some 16 MB with its blocks; more would not keep the process under 256 MiB. */
const MAX_WORKERS = 4;

/** One in work, the others waiting: enough for the time that the giver is busy elsewhere. */
const BLOCKS_EACH = 4;

/**
 * Threads that deflate, one for each core; started when first needed and gone when disposed.
 *
 * Deflating is what a backup's time goes to, and one isolate uses one core.
 */
export class DeflatePool implements Disposable {
  readonly #channels: (WorkerChannel<DeflateRequest, DeflatedBlock> | null)[];
  readonly #url: URL;
  #turn = 0;

  /** @param options `worker`: another worker module, for tests. */
  constructor(options: { workers?: number; worker?: URL } = {}) {
    const workers = options.workers ?? Math.min(navigator.hardwareConcurrency, MAX_WORKERS);
    this.#channels = Array.from({ length: Math.max(1, workers) }, () => null);
    this.#url = options.worker ?? new URL("./deflate_worker.ts", import.meta.url);
  }

  /** Blocks worth giving at once. */
  get capacity(): number {
    return this.#channels.length * BLOCKS_EACH;
  }

  /**
   * Deflates a block in one of the threads, in turn. The memory of the block, and of what was before it, goes with it.
   *
   * @throws {AppError} `worker.crashed`.
   */
  deflate(request: DeflateRequest): Promise<DeflatedBlock> {
    const index = this.#turn;
    this.#turn = (index + 1) % this.#channels.length;
    const channel = this.#channels[index] ?? new WorkerChannel(this.#url);
    this.#channels[index] = channel;
    return channel.call(request, [request.block.buffer, request.before.buffer]);
  }

  [Symbol.dispose](): void {
    for (const channel of this.#channels) channel?.[Symbol.dispose]();
  }
}
