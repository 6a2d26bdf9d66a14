import { fromOsError } from "../storage/os_error.ts";
import { readChunks } from "../storage/read_chunks.ts";
import type { Measured } from "./entry_measure.ts";
import { BLOCK_BYTES, MAX_HELD_BYTES, READ_AHEAD_BYTES } from "./limits.ts";
import type { SmallFileReader } from "./small_file_reader.ts";

/** Where an entry's bytes come from. */
export type EntrySource =
  | Uint8Array
  | AsyncIterable<Uint8Array>
  | FileSource;

/** A file to be read when its turn comes, or a little before. */
export interface FileSource {
  /** Path of a regular file. */
  readonly file: string;
  /** Its size as last seen; saves asking again. */
  readonly sizeHint?: number;
}

/** One piece of content, at most {@linkcode BLOCK_BYTES}. */
export type Block = Uint8Array<ArrayBuffer>;

/** An entry's content: all of it, or its beginning and the way to the rest. */
export interface EntryContent {
  readonly head: readonly Block[];
  /** `null`: `head` is everything. */
  readonly rest: AsyncIterator<Block> | null;
  /** What was measured while reading; `null` when that is still to be done. */
  readonly measured: (Measured & { release(): void }) | null;
}

/**
 * Reads a small file whole, ahead of its turn.
 *
 * @returns `null` for another source, which is read when its turn comes.
 * @throws {AppError} `storage.missing` and the like.
 */
export async function readAhead(
  source: EntrySource,
  reader: SmallFileReader,
): Promise<EntryContent | null> {
  if (!isFile(source) || (source.sizeHint ?? 0) > READ_AHEAD_BYTES) return null;
  const file = await reader.read(source.file);
  return file === null ? null : { head: [file.bytes], rest: null, measured: file };
}

/**
 * Reads up to {@linkcode MAX_HELD_BYTES} of a source; the rest, if any, stays to be read.
 *
 * @param take Gives memory for a block.
 */
export async function readHead(source: EntrySource, take: () => Block): Promise<EntryContent> {
  const blocks = blocksOf(source, take);
  const head: Block[] = [];
  for (let bytes = 0; bytes <= MAX_HELD_BYTES;) {
    const next = await blocks.next();
    if (next.done) return { head, rest: null, measured: null };
    head.push(next.value);
    bytes += next.value.length;
  }
  return { head, rest: blocks, measured: null };
}

/** Size of a source, where it can be told before reading it. */
export async function sizeOf(source: EntrySource): Promise<number | null> {
  if (source instanceof Uint8Array) return source.length;
  if (!isFile(source)) return null;
  try {
    return (await Deno.stat(source.file)).size;
  } catch (error) {
    throw fromOsError(error, source.file);
  }
}

function isFile(source: EntrySource): source is FileSource {
  return "file" in source;
}

function blocksOf(source: EntrySource, take: () => Block): AsyncGenerator<Block> {
  if (source instanceof Uint8Array) return toBlocks(justOne(source), take);
  return isFile(source) ? readChunks(source.file, { take }) : toBlocks(source, take);
}

async function* justOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Cuts and joins chunks into blocks that are full but for the last, whatever sizes they come in. */
async function* toBlocks(
  chunks: AsyncIterable<Uint8Array>,
  take: () => Block,
): AsyncGenerator<Block> {
  let block: Block | null = null;
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      block ??= take();
      const piece = chunk.subarray(taken, taken + BLOCK_BYTES - filled);
      block.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
      if (filled === BLOCK_BYTES) {
        yield block;
        block = null;
        filled = 0;
      }
    }
  }
  if (block !== null) yield block.subarray(0, filled);
}
