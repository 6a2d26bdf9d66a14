import { once } from "node:events";
import { constants, createDeflateRaw } from "node:zlib";
import type { DeflateRequest } from "./deflate_pool.ts";

/**
 * Deflates one block so that it can stand in the middle of a longer stream.
 *
 * Ends with a sync flush: on a byte boundary and without a final mark, so blocks simply follow one
 * another, and {@linkcode STREAM_END} closes them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951 and pigz, which made the way known.
 */
export async function deflateBlock(request: DeflateRequest): Promise<Uint8Array<ArrayBuffer>> {
  const { block, dictionary, level } = request;
  // Room for a block that does not shrink, so that zlib makes one buffer and joins nothing.
  const chunkSize = block.length + (block.length >> 8) + 1024;
  const stream = createDeflateRaw({ level, chunkSize });
  let pieces: Uint8Array[] = [];
  stream.on("data", (piece: Uint8Array) => pieces.push(piece));
  // Deno's deflate ignores the option `dictionary`, so what stands before is deflated too and thrown away:
  // the reader has it in its window just as well.
  if (dictionary.length > 0) await deflateAndFlush(stream, dictionary);
  pieces = [];
  await deflateAndFlush(stream, block);
  stream.destroy();
  return joinPieces(pieces, chunkSize);
}

/** Resolves when all output of `bytes` has been handed out. */
async function deflateAndFlush(
  stream: ReturnType<typeof createDeflateRaw>,
  bytes: Uint8Array,
): Promise<void> {
  const failed = once(stream, "error").then(([error]) => {
    throw error;
  });
  failed.catch(() => {}); // Matters only while the race below is on.
  stream.write(bytes);
  await Promise.race([
    new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve)),
    failed,
  ]);
}

function joinPieces(pieces: readonly Uint8Array[], chunkSize: number): Uint8Array<ArrayBuffer> {
  const [only] = pieces;
  // The one large buffer can be given away; a small one may lie in memory shared with others.
  if (pieces.length === 1 && only !== undefined && isAlone(only, chunkSize)) return only;
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

function isAlone(output: Uint8Array, bytes: number): output is Uint8Array<ArrayBuffer> {
  return output.buffer instanceof ArrayBuffer && output.buffer.byteLength === bytes;
}

/** An empty last block: what a deflate stream made of {@linkcode deflateBlock}s ends with. */
export const STREAM_END: Uint8Array = new Uint8Array([0x03, 0x00]);
