import type { DeflatedBlock, DeflatePool } from "./deflate_pool.ts";
import { WINDOW_BYTES } from "./limits.ts";

/** Blocks of an entry's content in, one raw deflate stream out; see {@linkcode deflateStream}. */
export interface DeflateOptions {
  readonly pool: DeflatePool;
  /** 1 to 9. */
  readonly level: number;
  /** Told of memory that may be filled again. */
  readonly recycle: (block: Uint8Array<ArrayBuffer>) => void;
}

/**
 * Deflates blocks in parallel into one valid raw deflate stream.
 *
 * Holds at most the pool's capacity of blocks. The result depends on the blocks and the level, never on
 * the number of threads. Each block's memory is given away; do not touch it after. Each piece's memory is the
 * receiver's.
 *
 * @throws {AppError} `worker.crashed`.
 */
export async function* deflateStream(
  blocks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  options: DeflateOptions,
): AsyncGenerator<Uint8Array> {
  const inWork: Promise<DeflatedBlock>[] = [];
  const next = async () => {
    const done = await inWork.shift();
    if (done === undefined) throw new TypeError("no block in work");
    options.recycle(done.block);
    return done.output;
  };
  let before = new Uint8Array(0);
  for await (const block of blocks) {
    const end = block.slice(-WINDOW_BYTES);
    const answer = options.pool.deflate({ block, before, level: options.level });
    before = end;
    // A crash rejects them all, and only the first is awaited.
    answer.catch(() => {});
    inWork.push(answer);
    if (inWork.length >= options.pool.capacity) yield await next();
  }
  while (inWork.length > 0) yield await next();
  yield STREAM_END.slice();
}

/** An empty last block closes the stream. */
const STREAM_END: Uint8Array = new Uint8Array([0x03, 0x00]);
