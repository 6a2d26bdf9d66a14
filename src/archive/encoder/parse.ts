import {
  DISTANCE_COUNTS,
  LENGTH_SYMBOLS,
  LITERAL_COUNTS,
  MAX_MATCH,
  MAX_SEQUENCES,
  RUN_COUNTS,
  SEQUENCES,
} from "./layout";
import { equalBefore, findMatch, longestAt, remember } from "./matches";

/*
 * Cuts content into literals and matches, and counts the symbols they will be written with.
 *
 * A sequence is a u64: how many literals come first (24 bits), then a match's length (16 bits), its distance (16 bits)
 * and its distance symbol. The last of a block has length 0.
 */

/** Content of one block; the code that is told at its head should fit all of it. */
const BLOCK_BYTES: u32 = 262144;

/** Matches are longer than this. One of three bytes saves nothing in text that is worth looking for. */
const TOO_SHORT: u32 = 3;

/** Where the last sequence ends. */
export let sequencesEnd: u32 = 0;

export function count(at: u32): void {
  store<u32>(at, load<u32>(at) + 1);
}

function literalCount(at: u32): u32 {
  return LITERAL_COUNTS + (<u32> load<u8>(at) << 2);
}

/** 0 to 29, RFC 1951 section 3.2.5: two symbols for each doubling of the distance. */
function distanceSymbol(distance: u32): u32 {
  const last = distance - 1;
  const log = 31 - <u32> clz(last | 1);
  return last < 2 ? last : (log << 1) + ((last >> (log - 1)) & 1);
}

/**
 * Parses one block.
 *
 * @param end Of the content; a match may reach past the end of the block.
 * @param lazyBelow A match shorter than this is taken only if none at the next position is longer; 0: always.
 * @returns Where the block ends.
 */
export function parse(from: u32, end: u32, lazyBelow: u32): u32 {
  memory.fill(LITERAL_COUNTS, 0, RUN_COUNTS - LITERAL_COUNTS);
  const stop = min(end, from + BLOCK_BYTES);
  let at = from;
  let literals = from;
  let sequence = SEQUENCES;
  while (at < stop && sequence < SEQUENCES + 8 * MAX_SEQUENCES) {
    let match = findMatch(at, TOO_SHORT, longestAt(at, end));
    if (match == 0) {
      count(literalCount(at++));
      continue;
    }
    let next = at + 1;
    while (match < lazyBelow << 16) {
      const better = findMatch(next, match >> 16, longestAt(next, end));
      next++;
      if (better == 0) break;
      match = better;
      count(literalCount(at));
      at = next - 1;
    }
    const distance = match & 0xFFFF;
    const before = equalBefore(at, distance, min(at - literals, MAX_MATCH - (match >> 16)));
    for (let i: u32 = 1; i <= before; i++) {
      const counted = literalCount(at - i);
      store<u32>(counted, load<u32>(counted) - 1);
    }
    at -= before;
    const length = (match >> 16) + before;
    const symbol = distanceSymbol(distance);
    count(LITERAL_COUNTS + ((257 + <u32> load<u8>(LENGTH_SYMBOLS + length)) << 2));
    count(DISTANCE_COUNTS + (symbol << 2));
    store<u64>(
      sequence,
      <u64> (at - literals) | (<u64> length << 24) | (<u64> distance << 40) | (<u64> symbol << 56),
    );
    sequence += 8;
    at += length;
    literals = at;
    while (next < at) remember(next++);
  }
  store<u64>(sequence, <u64> (at - literals));
  sequencesEnd = sequence + 8;
  return at;
}
