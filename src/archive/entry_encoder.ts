import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { AppError } from "../base/errors.ts";
import type { ArchiveOutput } from "./archive_output.ts";
import { DeflatePool } from "./deflate_pool.ts";
import { deflateStream } from "./deflate_stream.ts";
import type { Block, EntryContent } from "./entry_content.ts";
import { EntryMeasure, type Measured } from "./entry_measure.ts";
import { isCompressed } from "./is_compressed.ts";
import { BLOCK_BYTES } from "./limits.ts";
import {
  encodeDescriptor,
  encodeLocalHeader,
  type EntryHeader,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  IN_ZIP64,
  type Method,
} from "./local_header.ts";
import { releaseMemory } from "./release_memory.ts";
import { storedStream } from "./stored_stream.ts";
import { toZlibNg } from "./zlib_block.ts";

/** What the encoder needs to know of an entry besides its content. */
export interface EntryFacts {
  readonly path: string;
  readonly dosTime: number;
  /** Size as last seen; `null` when nobody knows. */
  readonly sizeHint: number | null;
}

/** What was written. */
export interface EncodedEntry {
  readonly header: EntryHeader;
  readonly sha256: string;
}

interface EncoderOptions {
  readonly level: number;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
  readonly deflateWorker?: URL;
}

/** Content up to this size is deflated where it is: sending it to a thread would take as long. */
const INLINE_BYTES = 64 * 1024;
/** An entry of at least this size may reach 4 GiB with deflate's own bytes added. */
const MAYBE_ZIP64_BYTES = IN_ZIP64 - 64 * 1024 * 1024;
/** Blocks kept to be filled again. */
const MAX_FREE_BLOCKS = 2;

/** Writes entries — header, content, descriptor where one is needed — one after another. */
export class EntryEncoder implements Disposable {
  readonly #output: ArchiveOutput;
  readonly #options: EncoderOptions;
  readonly #pool: DeflatePool;
  readonly #free: Block[] = [];

  constructor(output: ArchiveOutput, options: EncoderOptions) {
    this.#output = output;
    this.#options = options;
    this.#pool = new DeflatePool(
      options.deflateWorker === undefined ? {} : { worker: options.deflateWorker },
    );
  }

  /** Gives memory for one block of content. */
  take(): Block {
    return this.#free.pop() ?? new Uint8Array(BLOCK_BYTES);
  }

  /** Writes one entry. */
  encode(content: EntryContent, facts: EntryFacts): Promise<EncodedEntry> {
    const stored = this.#options.level === 0 ||
      isCompressed(facts.path, content.head[0] ?? new Uint8Array(0));
    return content.rest === null
      ? this.#encodeHeld(content, facts, stored)
      : this.#encodeStreamed(content.head, content.rest, facts, stored);
  }

  /** Everything is known before the first byte is written: the plainest entry there is. */
  async #encodeHeld(
    { head: blocks, measured: known }: EntryContent,
    facts: EntryFacts,
    stored: boolean,
  ): Promise<EncodedEntry> {
    const measured = known ?? this.#measureHeld(blocks);
    if (known !== null) this.#count(known.size);
    const deflated = stored ? null : await this.#deflateHeld(blocks, measured.size);
    const pieces = deflated ?? blocks;
    const header = makeHeader(facts, measured, {
      method: deflated === null ? 0 : 8,
      flags: FLAG_UTF8,
      compressedSize: sumLength(pieces),
    });
    await this.#output.write(encodeLocalHeader(header, false));
    for (const piece of pieces) {
      this.#options.signal?.throwIfAborted();
      await this.#output.write(piece);
      if (deflated !== null) releaseMemory(piece);
    }
    if (known !== null) known.release();
    else blocks.forEach((block) => this.#recycle(block));
    return { header, sha256: measured.sha256 };
  }

  /** Deflates held blocks; `null` when that does not make them smaller. */
  async #deflateHeld(
    blocks: readonly Block[],
    size: number,
  ): Promise<readonly Uint8Array[] | null> {
    const [only] = blocks;
    if (only === undefined) return null;
    if (size <= INLINE_BYTES) {
      const output = deflateRawSync(only, { level: toZlibNg(this.#options.level) });
      return output.length < size ? [output] : null;
    }
    // The threads take the memory they are given, and these bytes may be needed once more.
    const copies = blocks.map((block) => block.slice());
    const pieces = await Array.fromAsync(this.#deflate(iterate(copies)));
    return sumLength(pieces) < size ? pieces : null;
  }

  /** Sizes and CRC are known at the end only, and follow the content. */
  async #encodeStreamed(
    head: readonly Block[],
    rest: AsyncIterator<Block>,
    facts: EntryFacts,
    stored: boolean,
  ): Promise<EncodedEntry> {
    const zip64 = facts.sizeHint === null || facts.sizeHint >= MAYBE_ZIP64_BYTES;
    const measure = new EntryMeasure();
    const unknown = makeHeader(facts, { size: 0, crc: 0 }, {
      method: 8,
      flags: FLAG_UTF8 | FLAG_DESCRIPTOR,
      compressedSize: 0,
    });
    await this.#output.write(encodeLocalHeader(unknown, zip64));
    const begin = this.#output.position;
    const blocks = this.#measured(join(head, rest), measure);
    const pieces = stored ? storedStream(this.#recycled(blocks)) : this.#deflate(blocks);
    for await (const piece of pieces) {
      this.#options.signal?.throwIfAborted();
      await this.#output.write(piece);
      if (!stored) releaseMemory(piece);
    }
    const compressedSize = this.#output.position - begin;
    const { size, crc, sha256 } = measure.finish();
    const header = { ...unknown, crc, size, compressedSize };
    if (!zip64 && Math.max(header.size, compressedSize) >= IN_ZIP64) {
      throw new AppError("storage.failed", {
        path: facts.path,
        found: "grew past 4 GiB meanwhile",
      });
    }
    await this.#output.write(encodeDescriptor(header, zip64));
    return { header, sha256 };
  }

  #deflate(blocks: AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
    return deflateStream(blocks, {
      pool: this.#pool,
      level: this.#options.level,
      recycle: (block) => this.#recycle(block),
    });
  }

  async *#measured(blocks: AsyncIterable<Block>, measure: EntryMeasure): AsyncGenerator<Block> {
    for await (const block of blocks) {
      this.#measure(block, measure);
      yield block;
    }
  }

  async *#recycled(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
    for await (const block of blocks) {
      yield block;
      this.#recycle(block);
    }
  }

  #measureHeld(blocks: readonly Block[]): Measured {
    const measure = new EntryMeasure();
    for (const block of blocks) this.#measure(block, measure);
    return measure.finish();
  }

  #measure(block: Block, measure: EntryMeasure): void {
    measure.update(block);
    this.#count(block.length);
  }

  #count(bytes: number): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onBytes?.(bytes);
  }

  #recycle(block: Block): void {
    const whole = new Uint8Array(block.buffer);
    if (whole.length === BLOCK_BYTES && this.#free.length < MAX_FREE_BLOCKS) this.#free.push(whole);
  }

  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }
}

function makeHeader(
  facts: EntryFacts,
  measured: { readonly size: number; readonly crc: number },
  how: { method: Method; flags: number; compressedSize: number },
): EntryHeader {
  const name = Buffer.from(facts.path, "utf8");
  return { name, dosTime: facts.dosTime, crc: measured.crc, size: measured.size, ...how };
}

function sumLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

async function* iterate(blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks;
}

async function* join(head: readonly Block[], rest: AsyncIterator<Block>): AsyncGenerator<Block> {
  yield* head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
