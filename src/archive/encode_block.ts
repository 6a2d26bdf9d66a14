import * as encoder from "./encoder/encoder.wasm";
import { WINDOW_BYTES } from "./limits.ts";

/** Options of {@linkcode encodeBlock}. */
export interface EncodeOptions {
  /** The content right before the block, at most {@linkcode WINDOW_BYTES}: a match may reach back into it. */
  readonly before: Uint8Array;
  /** A match shorter than this many bytes is taken only if the next position has none that is longer. */
  readonly lazyBelow: number;
}

/**
 * Deflates a block with our own encoder, for the text of Chinese books 1.5 to 1.9 times as fast as zlib-ng at the same size.
 *
 * Ends with a sync flush. The output depends on the arguments alone. Costs 1 MiB of memory more than block and
 * output; all of it stays for the next call.
 *
 * @returns Memory of its own.
 * @see {@link file://./encoder/encoder.ts} and https://www.rfc-editor.org/rfc/rfc1951
 */
export function encodeBlock(
  block: Uint8Array,
  { before, lazyBelow }: EncodeOptions,
): Uint8Array<ArrayBuffer> {
  if (before.length > WINDOW_BYTES) throw new RangeError(`${before.length} bytes before a block`);
  const outputAt = encoder.reserve(before.length, block.length);
  // Whatever was there before: the memory may have grown, and lies elsewhere then.
  const memory = new Uint8Array(encoder.memory.buffer as ArrayBuffer);
  memory.set(before, encoder.contentAt());
  memory.set(block, encoder.contentAt() + before.length);
  const bytes = encoder.deflate(before.length, block.length, lazyBelow);
  return memory.slice(outputAt, outputAt + bytes);
}
