import {
  INPUT,
  MAX_MATCH,
  SEEN_EIGHT,
  SEEN_END,
  SEEN_FOUR,
  SEEN_SIX,
  WINDOW,
} from "./layout";

/*
 * Finds earlier occurrences without ever walking a chain of them.
 *
 * Three tables tell where the next four, six and eight bytes were seen last: the nearest occurrence of each
 * length is found with one look, and the longest of them, compared as far as eight bytes, is the match. A chain of sixteen
 * places by four bytes leaves half a percent less of the output, and takes more than twice the time. A fourth table, of twelve
 * bytes, leaves 0.3 % less of Chinese text and 1.4 % less of programs, and takes 7 % more; making the table of four twice as
 * large leaves 0.2 % less and costs nothing.
 *
 * The tables of longer strings know only the places where a UTF-8 character may begin. In Chinese text, three bytes a
 * character, that is a third of the work and a third of the entries to be overwritten; a match that begins within a
 * character is found from the next one and extended backwards, or by the table of four. In other content up to a quarter of
 * the bytes look like the inside of a character; of a shared library that leaves 0.04 % more than without the rule.
 *
 * Positions are kept modulo 65536. That is unambiguous: the window is half as large, and what is found is compared.
 */

const PRIME_FOUR: u32 = 0x9E3779B1;
const PRIME_SIX: u64 = 0x9E3779B185EBCA87;
const PRIME_EIGHT: u64 = 0xC2B2AE3D27D4EB4F;

function seenFour(next: u64): u32 {
  return SEEN_FOUR + (((<u32> next * PRIME_FOUR) >> 15) << 1);
}

function seenSix(next: u64): u32 {
  return SEEN_SIX + (<u32> (((next << 16) * PRIME_SIX) >> 49) << 1);
}

function seenEight(next: u64): u32 {
  return SEEN_EIGHT + (<u32> ((next * PRIME_EIGHT) >> 49) << 1);
}

function isInsideCharacter(next: u64): bool {
  return (next & 0xC0) == 0x80;
}

function distanceTo(at: u32, seen: u32): u32 {
  return (at - <u32> load<u16>(seen)) & 0xFFFF;
}

/** Bits that are the same from the first on, up to 64; 0 where nothing was seen, or too far back. */
function equalBits(at: u32, distance: u32, next: u64): u32 {
  const bits = <u32> ctz(load<u64>(at - distance) ^ next);
  return select<u32>(bits, 0, distance - 1 < WINDOW);
}

/** Forgets everything. */
export function forget(): void {
  memory.fill(SEEN_FOUR, 0, SEEN_END - SEEN_FOUR);
}

/** Remembers what stands at a position. Every position must come once, in order, here or in {@link findMatch}. */
export function remember(at: u32): void {
  const next = load<u64>(at);
  store<u16>(seenFour(next), <u16> at);
  if (isInsideCharacter(next)) return;
  store<u16>(seenSix(next), <u16> at);
  store<u16>(seenEight(next), <u16> at);
}

/**
 * Finds a match, and remembers the position.
 *
 * @param best A match must be longer than this, at least 3.
 * @param most The longest that is allowed, up to MAX_MATCH.
 * @returns The length above bit 16, the distance below; 0 when there is none.
 */
// @ts-ignore: a decorator of the compiler's. Left to itself it makes calls of this, which cost 6 % of all time.
@inline
export function findMatch(at: u32, best: u32, most: u32): u32 {
  const next = load<u64>(at);
  const four = seenFour(next);
  let distance = distanceTo(at, four);
  store<u16>(four, <u16> at);
  let bits = equalBits(at, distance, next);
  if (!isInsideCharacter(next)) {
    const six = seenSix(next);
    const eight = seenEight(next);
    const distance6 = distanceTo(at, six);
    const distance8 = distanceTo(at, eight);
    store<u16>(six, <u16> at);
    store<u16>(eight, <u16> at);
    const bits6 = equalBits(at, distance6, next);
    const bits8 = equalBits(at, distance8, next);
    distance = select<u32>(distance6, distance, bits6 > bits);
    bits = select<u32>(bits6, bits, bits6 > bits);
    distance = select<u32>(distance8, distance, bits8 > bits);
    bits = select<u32>(bits8, bits, bits8 > bits);
  }
  let length = bits >> 3;
  if (length == 8) length = matchLength(at - distance, at, most);
  length = min(length, most);
  return length > best ? (length << 16) | distance : 0;
}

/** Counts equal bytes, at least the eight that are known to be equal. */
function matchLength(earlier: u32, at: u32, most: u32): u32 {
  let length: u32 = 8;
  while (length < most) {
    const difference = load<u64>(earlier + length) ^ load<u64>(at + length);
    if (difference != 0) return length + (<u32> ctz(difference) >> 3);
    length += 8;
  }
  return length;
}

/** How many bytes before both places are the same, too: at most `most`, and none before the content. */
export function equalBefore(at: u32, distance: u32, most: u32): u32 {
  let length: u32 = 0;
  while (
    length < most && at - length - distance > INPUT &&
    load<u8>(at - length - 1) == load<u8>(at - length - 1 - distance)
  ) length++;
  return length;
}

/** The longest match that may begin here. */
export function longestAt(at: u32, end: u32): u32 {
  return min(end - at, MAX_MATCH);
}
