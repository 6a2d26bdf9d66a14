import { buildCode } from "./huffman";
import {
  DISTANCE_BITS,
  DISTANCE_CODES,
  DISTANCE_COUNTS,
  LENGTH_BASES,
  LENGTH_CODES,
  LENGTH_EXTRA,
  LITERAL_BITS,
  LITERAL_CODES,
  LITERAL_COUNTS,
  RUN_BITS,
  RUN_CODES,
  RUN_COUNTS,
  RUN_ORDER,
  RUNS,
  SEQUENCES,
} from "./layout";
import { count, sequencesEnd } from "./parse";

/*
 * Writes blocks: with codes of their own, or as they are where that is not longer, as far as is estimated. The first bit of a byte is its lowest.
 *
 * See RFC 1951, sections 3.1.1 and 3.2.
 */

const LITERALS: u32 = 286;
const DISTANCES: u32 = 30;
const END: u32 = 256;
/** A stored block tells its length with 16 bits. */
const MAX_STORED: u32 = 65535;
/** About what the codes at the head of a block take. */
const HEADER_BYTES: u32 = 60;

/** Where the next byte goes. */
let output: u32 = 0;
/** Bits that do not fill a byte yet. */
let held: u64 = 0;
let heldBits: u64 = 0;

/** Begins to write at an address. */
export function beginOutput(address: u32): void {
  output = address;
  held = 0;
  heldBits = 0;
}

/** Fills up the last byte with an empty stored block. @returns Where the output ends. */
export function endOutput(): u32 {
  beginStored(0);
  return output;
}

/** Adds bits; at most 56 between two calls of {@link flush}. */
function put(value: u32, bits: u32): void {
  held |= <u64> value << heldBits;
  heldBits += bits;
}

function putCode(code: u32): void {
  put(code & 0xFFFF, code >> 16);
}

/** Writes full bytes, and overwrites up to seven behind them. */
function flush(): void {
  store<u64>(output, held);
  output += <u32> (heldBits >> 3);
  held >>= heldBits & 56;
  heldBits &= 7;
}

/** Writes the block that was parsed last. */
export function writeBlock(from: u32, to: u32): void {
  count(LITERAL_COUNTS + 4 * END);
  buildCode(LITERAL_COUNTS, LITERAL_CODES, LITERAL_BITS, LITERALS, 15);
  buildCode(DISTANCE_COUNTS, DISTANCE_CODES, DISTANCE_BITS, DISTANCES, 15);
  if (codedBytes() + HEADER_BYTES >= to - from) {
    writeStored(from, to);
    return;
  }
  writeHeader();
  joinLengthCodes();
  writeSequences(from);
}

function distanceExtra(symbol: u32): u32 {
  return symbol < 2 ? 0 : (symbol >> 1) - 1;
}

/** Bytes that the block takes without its header. */
function codedBytes(): u32 {
  let bits: u64 = 0;
  for (let symbol: u32 = 0; symbol < LITERALS; symbol++) {
    const extra = symbol > END ? <u32> load<u8>(LENGTH_EXTRA + symbol - 257) : 0;
    const each = <u32> load<u8>(LITERAL_BITS + symbol) + extra;
    bits += <u64> load<u32>(LITERAL_COUNTS + (symbol << 2)) * each;
  }
  for (let symbol: u32 = 0; symbol < DISTANCES; symbol++) {
    const each = <u32> load<u8>(DISTANCE_BITS + symbol) + distanceExtra(symbol);
    bits += <u64> load<u32>(DISTANCE_COUNTS + (symbol << 2)) * each;
  }
  return <u32> (bits >> 3);
}

function writeStored(from: u32, to: u32): void {
  while (from < to) {
    const bytes = min(to - from, MAX_STORED);
    beginStored(bytes);
    memory.copy(output, from, bytes);
    output += bytes;
    from += bytes;
  }
}

function beginStored(bytes: u32): void {
  put(0, 3);
  heldBits = (heldBits + 7) & ~7;
  flush();
  store<u32>(output, bytes | (~bytes << 16));
  output += 4;
}

/** Symbols up to the last that has a code word, at least so many. */
function trimmed(bits: u32, symbols: u32, least: u32): u32 {
  while (symbols > least && load<u8>(bits + symbols - 1) == 0) symbols--;
  return symbols;
}

function writeHeader(): void {
  const literals = trimmed(LITERAL_BITS, LITERALS, 257);
  const distances = trimmed(DISTANCE_BITS, DISTANCES, 1);
  const runsEnd = foldRuns(literals, distances);
  buildCode(RUN_COUNTS, RUN_CODES, RUN_BITS, 19, 7);
  let lengths: u32 = 19;
  while (lengths > 4 && load<u8>(RUN_BITS + load<u8>(RUN_ORDER + lengths - 1)) == 0) lengths--;
  put(0b100, 3);
  put(literals - 257, 5);
  put(distances - 1, 5);
  put(lengths - 4, 4);
  for (let i: u32 = 0; i < lengths; i++) {
    flush();
    put(load<u8>(RUN_BITS + load<u8>(RUN_ORDER + i)), 3);
  }
  for (let at = RUNS; at < runsEnd; at += 2) {
    flush();
    const run = <u32> load<u16>(at);
    const symbol = run & 0xFF;
    putCode(load<u32>(RUN_CODES + (symbol << 2)));
    if (symbol >= 16) put(run >> 8, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
  }
  flush();
}

/** Writes down the lengths of both codes, several equal ones as one symbol. @returns Where they end. */
function foldRuns(literals: u32, distances: u32): u32 {
  memory.fill(RUN_COUNTS, 0, 4 * 19);
  // The two tables lie one behind the other, but for what was trimmed.
  memory.copy(LITERAL_BITS + literals, DISTANCE_BITS, distances);
  const end = LITERAL_BITS + literals + distances;
  let to = RUNS;
  for (let at = LITERAL_BITS; at < end;) {
    const length = <u32> load<u8>(at);
    let equal: u32 = 1;
    while (at + equal < end && <u32> load<u8>(at + equal) == length) equal++;
    at += equal;
    if (length != 0) {
      to = addRun(to, length, 0);
      equal--;
    }
    while (equal >= 3) {
      const most: u32 = length != 0 ? 6 : equal > 10 ? 138 : 10;
      const symbol: u32 = length != 0 ? 16 : equal > 10 ? 18 : 17;
      const taken = min(equal, most);
      to = addRun(to, symbol, taken - (symbol == 18 ? 11 : 3));
      equal -= taken;
    }
    for (; equal > 0; equal--) to = addRun(to, length, 0);
  }
  return to;
}

function addRun(to: u32, symbol: u32, extra: u32): u32 {
  store<u16>(to, <u16> (symbol | (extra << 8)));
  count(RUN_COUNTS + (symbol << 2));
  return to + 2;
}

/** A code word for each length of a match, its extra bits included. */
function joinLengthCodes(): void {
  for (let symbol: u32 = 0; symbol < 29; symbol++) {
    const code = load<u32>(LITERAL_CODES + ((257 + symbol) << 2));
    const bits = code >> 16;
    const extra = <u32> load<u8>(LENGTH_EXTRA + symbol);
    const base = <u32> load<u16>(LENGTH_BASES + (symbol << 1));
    for (let i: u32 = 0; i < <u32> 1 << extra; i++) {
      const joined = (code & 0xFFFF) | (i << bits) | ((bits + extra) << 24);
      // 258 is the last symbol's, which comes after the one whose extra bits reach it, too.
      store<u32>(LENGTH_CODES + ((base + i) << 2), joined);
    }
  }
}

/** Takes a fifth of all time, so the bits are held in local variables. */
function writeSequences(from: u32): void {
  let at = from;
  let to = output;
  let bits = held;
  let used = heldBits;
  for (let sequence = SEQUENCES; sequence < sequencesEnd; sequence += 8) {
    const fields = load<u64>(sequence);
    let run = <u32> fields & 0xFFFFFF;
    while (run >= 3) {
      const a = load<u32>(LITERAL_CODES + (<u32> load<u8>(at) << 2));
      const b = load<u32>(LITERAL_CODES + (<u32> load<u8>(at + 1) << 2));
      const c = load<u32>(LITERAL_CODES + (<u32> load<u8>(at + 2) << 2));
      bits |= <u64> (a & 0xFFFF) << used;
      used += a >> 16;
      bits |= <u64> (b & 0xFFFF) << used;
      used += b >> 16;
      bits |= <u64> (c & 0xFFFF) << used;
      used += c >> 16;
      store<u64>(to, bits);
      to += <u32> (used >> 3);
      bits >>= used & 56;
      used &= 7;
      at += 3;
      run -= 3;
    }
    // None, one or two: a branch would be guessed wrong every other time.
    const a = select<u32>(load<u32>(LITERAL_CODES + (<u32> load<u8>(at) << 2)), 0, run > 0);
    const b = select<u32>(load<u32>(LITERAL_CODES + (<u32> load<u8>(at + 1) << 2)), 0, run > 1);
    bits |= <u64> (a & 0xFFFF) << used;
    used += a >> 16;
    bits |= <u64> (b & 0xFFFF) << used;
    used += b >> 16;
    at += run;
    store<u64>(to, bits);
    to += <u32> (used >> 3);
    bits >>= used & 56;
    used &= 7;
    const length = <u32> (fields >> 24) & 0xFFFF;
    if (length == 0) break;
    const lengthCode = load<u32>(LENGTH_CODES + (length << 2));
    bits |= <u64> (lengthCode & 0xFFFFFF) << used;
    used += lengthCode >> 24;
    const symbol = <u32> (fields >> 56);
    const distanceCode = load<u32>(DISTANCE_CODES + (symbol << 2));
    bits |= <u64> (distanceCode & 0xFFFF) << used;
    used += distanceCode >> 16;
    const extra = distanceExtra(symbol);
    const last = (<u32> (fields >> 40) & 0xFFFF) - 1;
    bits |= <u64> (last & ((<u32> 1 << extra) - 1)) << used;
    used += extra;
    store<u64>(to, bits);
    to += <u32> (used >> 3);
    bits >>= used & 56;
    used &= 7;
    at += length;
  }
  output = to;
  held = bits;
  heldBits = used;
  putCode(load<u32>(LITERAL_CODES + 4 * END));
  flush();
}
