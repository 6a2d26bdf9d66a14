import { DeflatePool } from "../../src/archive/deflate_pool.ts";
import { deflateStream } from "../../src/archive/deflate_stream.ts";
import { BLOCK_BYTES } from "../../src/archive/limits.ts";
import { readChunks } from "../../src/storage/read_chunks.ts";

/** Enough for every thread to have worked for half a second. */
const SAMPLE_BYTES = 128 << 20;
const LEVEL = 6;

/**
 * Deflates the beginning of a file as a backup does, on all cores, and nothing else.
 *
 * @returns Bytes of content a second.
 */
export async function measureOwnDeflate(path: string): Promise<number> {
  using pool = new DeflatePool();
  let bytes = 0;
  const blocks = async function* () {
    for await (const block of readChunks(path, { end: SAMPLE_BYTES, chunkBytes: BLOCK_BYTES })) {
      bytes += block.length;
      yield block;
    }
  };
  const began = performance.now();
  const stream = deflateStream(blocks(), { pool, level: LEVEL, recycle: () => {} });
  for await (const _ of stream);
  return bytes / ((performance.now() - began) / 1000);
}
