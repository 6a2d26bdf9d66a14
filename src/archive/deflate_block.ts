import { constants, deflateRawSync } from "node:zlib";
import type { DeflateRequest } from "./deflate_pool.ts";
import { encodeBlock } from "./encode_block.ts";

/**
 * For zlib's levels 1 to 6, the encoder's own: a match shorter than this is taken only if the next position has none
 * that is longer. Above, size is all that counts, and zlib-ng, which looks at more, leaves less.
 */
const LAZY_BELOW: readonly (number | undefined)[] = [undefined, 0, 0, 0, 8, 8, 12];

/**
 * Deno's zlib is zlib-ng, whose levels are not zlib's. For each level of zlib, the fastest of zlib-ng's
 * whose output is about as small, at most 1.5 % larger; from 4 on, where size is what was asked for.
 */
const ZLIB_NG_LEVEL = [0, 1, 2, 3, 3, 4, 4, 6, 7, 9] as const;

/** The largest: costs 128 KiB and makes the output 0.1 % smaller. */
const MEMORY_LEVEL = 9;

/**
 * Deflates one block so that it can stand in the middle of a longer stream.
 *
 * Ends with a sync flush: on a byte boundary and without a final mark, so blocks simply follow one
 * another, and {@linkcode STREAM_END} closes them. Only for a thread that may be busy for 30 ms.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951 and pigz, which made the way known.
 */
export function deflateBlock({ block, before, level }: DeflateRequest): Uint8Array<ArrayBuffer> {
  const lazyBelow = LAZY_BELOW[level];
  return lazyBelow === undefined
    ? deflateByZlib(block, level)
    : encodeBlock(block, { before, lazyBelow });
}

function deflateByZlib(block: Uint8Array, level: number): Uint8Array<ArrayBuffer> {
  // Room for a block that does not shrink, so that zlib makes one buffer and joins nothing.
  const chunkSize = block.length + (block.length >> 8) + 1024;
  const output = deflateRawSync(block, {
    level: toZlibNg(level),
    memLevel: MEMORY_LEVEL,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize,
  });
  // That buffer can be given away; a small one lies in memory shared with others.
  const { buffer, byteOffset, length } = output;
  return buffer instanceof ArrayBuffer && buffer.byteLength === chunkSize
    ? new Uint8Array(buffer, byteOffset, length)
    : Uint8Array.from(output);
}

/** Zlib-ng's level for what users know as zlib's 0 to 9. */
export function toZlibNg(level: number): number {
  return ZLIB_NG_LEVEL[level] ?? level;
}

/** An empty last block: what a deflate stream made of {@linkcode deflateBlock}s ends with. */
export const STREAM_END: Uint8Array = new Uint8Array([0x03, 0x00]);
