import { constants, deflateRawSync } from "node:zlib";
import type { DeflateRequest } from "./deflate_pool.ts";

/**
 * Deflates one block so that it can stand in the middle of a longer stream.
 *
 * Ends with a sync flush: on a byte boundary and without a final mark, so blocks simply follow one
 * another, and {@linkcode STREAM_END} closes them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951 and pigz, which made the way known.
 */
export function deflateBlock(request: DeflateRequest): Uint8Array<ArrayBuffer> {
  const { block, dictionary, level } = request;
  const output = deflateRawSync(block, {
    level,
    // An empty dictionary is not the same as none: zlib refuses it.
    ...(dictionary.length > 0 ? { dictionary } : {}),
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: 256 * 1024,
  });
  // A copy of its own: what zlib returns may be a view of a shared buffer, which cannot be transferred.
  return new Uint8Array(output);
}

/** An empty last block: what a deflate stream made of {@linkcode deflateBlock}s ends with. */
export const STREAM_END: Uint8Array = new Uint8Array([0x03, 0x00]);
