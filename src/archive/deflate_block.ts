import type { DeflateRequest } from "./deflate_pool.ts";
import { encodeBlock } from "./encode_block.ts";

/**
 * For zlib's levels 1 to 6, the encoder's own: a match shorter than this is taken only if the next position has none
 * that is longer. Above, size is all that counts, and zlib-ng, which looks at more, leaves less.
 */
const LAZY_BELOW: readonly (number | undefined)[] = [undefined, 0, 0, 0, 8, 8, 8];

/**
 * Deflates one block so that it can stand in the middle of a longer stream.
 *
 * Ends with a sync flush: on a byte boundary and without a final mark, so blocks simply follow one
 * another, and a last empty one closes the stream. Only for a thread that may be busy for 30 ms.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951 and pigz, which made the way known.
 */
export async function deflateBlock(
  { block, before, level }: DeflateRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  const lazyBelow = LAZY_BELOW[level];
  if (lazyBelow !== undefined) return encodeBlock(block, { before, lazyBelow });
  // Loaded here and not above: it takes a thread 8 ms, of which most have no use.
  const { deflateByZlib } = await import("./zlib_block.ts");
  return deflateByZlib(block, level);
}
