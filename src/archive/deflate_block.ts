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
  // Room for a block that does not shrink, so that zlib makes one buffer and joins nothing.
  const chunkSize = block.length + (block.length >> 8) + 1024;
  const output = deflateRawSync(block, {
    level,
    // An empty dictionary is not the same as none: zlib refuses it.
    ...(dictionary.length > 0 ? { dictionary } : {}),
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize,
  });
  // Of a small block the output lies in memory shared with others, which cannot be transferred.
  return isAlone(output, chunkSize) ? output : new Uint8Array(output);
}

function isAlone(output: Uint8Array, bytes: number): output is Uint8Array<ArrayBuffer> {
  return output.buffer instanceof ArrayBuffer && output.buffer.byteLength === bytes;
}

/** An empty last block: what a deflate stream made of {@linkcode deflateBlock}s ends with. */
export const STREAM_END: Uint8Array = new Uint8Array([0x03, 0x00]);
