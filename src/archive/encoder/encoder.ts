import { beginOutput, endOutput, writeBlock } from "./block";
import { INPUT, LENGTH_BASES, LENGTH_EXTRA, LENGTH_SYMBOLS, RUN_ORDER } from "./layout";
import { forget, remember } from "./matches";
import { parse } from "./parse";

/*
 * The deflate encoder, in AssemblyScript: what `encoder.wasm` beside it is compiled from, by `deno task encoder`.
 */

/** Zeros behind the content, so that what is read past its end is always the same. */
const PADDING: u32 = 32;

/** Address of the content: what went before it, if anything, and the content itself behind that. */
export function contentAt(): u32 {
  return INPUT;
}

function outputBehind(end: u32): u32 {
  return (end + PADDING + 7) & ~7;
}

/**
 * Gets memory for one call.
 *
 * @param before Bytes of content that went before, at most 32768.
 * @param bytes Bytes of content.
 * @returns Address of the output.
 */
export function reserve(before: u32, bytes: u32): u32 {
  const output = outputBehind(INPUT + before + bytes);
  // What cannot be compressed is stored, 5 bytes for each 64 KiB and at the end of each block; where the head of a block
  // is longer than estimated, it takes 230 bytes more.
  const needed = output + bytes + (bytes >> 8) + 4096;
  const pages = <i32> ((needed + 0xFFFF) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  return output;
}

/**
 * Deflates the content, ending on a byte boundary with an empty stored block and without a final mark.
 *
 * @param lazyBelow See {@link parse}.
 * @returns Bytes of output.
 */
export function deflate(before: u32, bytes: u32, lazyBelow: u32): u32 {
  const start = INPUT + before;
  const end = start + bytes;
  const output = outputBehind(end);
  memory.fill(end, 0, PADDING);
  forget();
  for (let at = INPUT; at < start; at++) remember(at);
  beginOutput(output);
  for (let at = start; at < end;) {
    const from = at;
    at = parse(from, end, lazyBelow);
    writeBlock(from, at);
  }
  return endOutput() - output;
}

/** Fills the constant tables, RFC 1951 section 3.2.5 and 3.2.7. */
function fillTables(): void {
  let length: u32 = 3;
  for (let symbol: u32 = 0; symbol < 28; symbol++) {
    const extra: u32 = symbol < 8 ? 0 : (symbol - 4) >> 2;
    store<u8>(LENGTH_EXTRA + symbol, <u8> extra);
    store<u16>(LENGTH_BASES + (symbol << 1), <u16> length);
    for (let i: u32 = 0; i < <u32> 1 << extra; i++) {
      store<u8>(LENGTH_SYMBOLS + length++, <u8> symbol);
    }
  }
  store<u8>(LENGTH_EXTRA + 28, 0);
  store<u16>(LENGTH_BASES + 56, 258);
  store<u8>(LENGTH_SYMBOLS + 258, 28);
  // 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15
  for (let i: u32 = 0; i < 19; i++) {
    const pair = (i >> 1) + 6;
    store<u8>(RUN_ORDER + i, <u8> (i < 3 ? 16 + i : i == 3 ? 0 : i & 1 ? 15 - pair : pair));
  }
}

fillTables();
