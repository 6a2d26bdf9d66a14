/** The most that one stored block of deflate holds. */
const MAX_STORED_BYTES = 0xffff;

/**
 * Wraps content into a deflate stream that does not compress, at five bytes for each 64 KiB.
 *
 * For content whose size is not known before it is written: a stored entry cannot say where it ends, a
 * deflate stream can.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4
 */
export async function* storedStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += MAX_STORED_BYTES) {
      const piece = chunk.subarray(at, at + MAX_STORED_BYTES);
      yield storedBlockHeader(piece.length, false);
      yield piece;
    }
  }
  yield storedBlockHeader(0, true);
}

function storedBlockHeader(length: number, last: boolean): Uint8Array {
  const complement = length ^ 0xffff;
  return new Uint8Array([last ? 1 : 0, length, length >> 8, complement, complement >> 8]);
}
