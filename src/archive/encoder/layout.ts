/**
 * Where everything lies in the encoder's memory, in bytes. There is no allocator: every table has its place.
 */

/** u8[259]: the symbol of a match's length, less 257. */
export const LENGTH_SYMBOLS: u32 = 1024;
/** u16[29]: the shortest length of each symbol. */
export const LENGTH_BASES: u32 = 1284;
/** u8[29]: how many extra bits each length symbol has. */
export const LENGTH_EXTRA: u32 = 1344;
/** u8[19]: the order in which the header tells the lengths of its own code. */
export const RUN_ORDER: u32 = 1376;

/** u32[288]: how often each literal, the end and each length symbol occur in the block. */
export const LITERAL_COUNTS: u32 = 1536;
/** u32[32]: how often each distance symbol occurs. */
export const DISTANCE_COUNTS: u32 = LITERAL_COUNTS + 4 * 288;
/** u32[19]: how often each symbol of the header's own code occurs. */
export const RUN_COUNTS: u32 = DISTANCE_COUNTS + 4 * 32;

/** u32[288]: code words, each with its length above bit 16. */
export const LITERAL_CODES: u32 = 3072;
export const DISTANCE_CODES: u32 = LITERAL_CODES + 4 * 288;
export const RUN_CODES: u32 = DISTANCE_CODES + 4 * 32;
/** u32[259]: code words of match lengths with their extra bits, and how many bits that is above bit 24. */
export const LENGTH_CODES: u32 = RUN_CODES + 4 * 20;

/** u8[288], u8[32], u8[19]: lengths of code words, 0 where a symbol does not occur. */
export const LITERAL_BITS: u32 = 5632;
export const DISTANCE_BITS: u32 = LITERAL_BITS + 288;
export const RUN_BITS: u32 = DISTANCE_BITS + 32;
/** u16[320]: the header's code lengths, runs folded: a symbol, and its extra bits above bit 8. */
export const RUNS: u32 = 6016;

/** u32[288] each, u32[16] each: what building one code needs. */
export const SORTED: u32 = 6656;
export const TREE: u32 = SORTED + 4 * 288;
export const LENGTH_TALLY: u32 = TREE + 4 * 288;
export const NEXT_CODES: u32 = LENGTH_TALLY + 4 * 16;

/** u64[MAX_SEQUENCES + 1]: the block as literals and matches; see `parse.ts`. */
export const SEQUENCES: u32 = 9216;
export const MAX_SEQUENCES: u32 = 30000;

/** u16 each: where a string of that many bytes was seen last; see `matches.ts`. */
export const SEEN_FOUR: u32 = 262144;
export const SEEN_SIX: u32 = SEEN_FOUR + 2 * (1 << 17);
export const SEEN_EIGHT: u32 = SEEN_SIX + 2 * (1 << 15);
export const SEEN_END: u32 = SEEN_EIGHT + 2 * (1 << 15);

/** The content. On a multiple of 64 KiB: a table's position 0 is its first byte. */
export const INPUT: u32 = 655360;

/** How far back a match may lie. */
export const WINDOW: u32 = 32768;
export const MAX_MATCH: u32 = 258;
