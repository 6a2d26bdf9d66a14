/**
 * Frees the memory behind a piece that nobody needs any more, at once.
 *
 * Left to the garbage collector, which counts objects and not what they hold, a fast stream piles up hundreds of
 * megabytes.
 *
 * @param piece Ends where its memory ends, or has it for itself; its bytes are gone afterwards.
 */
export function releaseMemory(piece: Uint8Array): void {
  const { buffer } = piece;
  // A small piece may lie in memory that others share.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > SHARED_BYTES) buffer.transfer(0);
}

/** Frees the memory behind a piece that zlib handed out, unless another piece will come from it. */
export function releaseInflated(piece: Uint8Array): void {
  // Zlib fills a buffer from the front, and begins another when it is full.
  if (piece.byteOffset + piece.length === piece.buffer.byteLength) releaseMemory(piece);
}

/**
 * Gives a piece that zlib or a file handed out memory of its own, which may be sent away: the memory behind it, or a copy
 * where others may come from that.
 */
export function takeMemory(piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = piece;
  const isLast = byteOffset + length === buffer.byteLength;
  return buffer instanceof ArrayBuffer && isLast && buffer.byteLength > SHARED_BYTES
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(piece);
}

/** More than any pool of small buffers has. */
const SHARED_BYTES = 64 * 1024;
