import { LENGTH_TALLY, NEXT_CODES, SORTED, TREE } from "./layout";

/*
 * Builds a prefix code that is as short as one of limited length can nearly be. All tables here are of u32.
 */
function word(table: u32, index: u32): u32 {
  return load<u32>(table + (index << 2));
}

function setWord(table: u32, index: u32, value: u32): void {
  store<u32>(table + (index << 2), value);
}

/**
 * Makes the code of some symbols.
 *
 * At least two symbols get a code word: some readers do not take a code of one.
 *
 * @param counts u32 each: how often each symbol occurs; those that get a word without occurring are set to 1.
 * @param codes u32 each: set to the code word, first bit lowest, and its length above bit 16.
 * @param bits u8 each: set to the length of the code word, 0 for a symbol without.
 * @param limit The longest code word, in bits.
 * @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.2
 */
export function buildCode(counts: u32, codes: u32, bits: u32, symbols: u32, limit: u32): void {
  const used = listSymbols(counts, symbols);
  sort(used);
  tallyLengths(used, limit);
  memory.fill(bits, 0, symbols);
  // The rarest come first, and get the longest.
  let rank: u32 = 0;
  for (let length = limit; length > 0; length--) {
    for (let left = word(LENGTH_TALLY, length); left > 0; left--) {
      store<u8>(bits + (word(SORTED, rank++) & 0x1FF), <u8> length);
    }
  }
  assignCodes(codes, bits, symbols, limit);
}

/** Lists the symbols that occur as count << 9 | symbol. */
function listSymbols(counts: u32, symbols: u32): u32 {
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = word(counts, symbol);
    if (count != 0) setWord(SORTED, used++, (count << 9) | symbol);
  }
  for (let symbol: u32 = 0; used < 2; symbol++) {
    if (word(counts, symbol) != 0) continue;
    setWord(counts, symbol, 1);
    setWord(SORTED, used++, (1 << 9) | symbol);
  }
  return used;
}

/** Shell's sort: a few hundred at most. */
function sort(length: u32): void {
  for (let gap: u32 = 121; gap > 0; gap /= 3) {
    for (let i = gap; i < length; i++) {
      const moved = word(SORTED, i);
      let place = i;
      while (place >= gap && word(SORTED, place - gap) > moved) {
        setWord(SORTED, place, word(SORTED, place - gap));
        place -= gap;
      }
      setWord(SORTED, place, moved);
    }
  }
}

/**
 * Tells how many code words of each length there will be.
 *
 * The tree is built in the place of the counts, after Moffat and Katajainen, "In-place calculation of minimum-redundancy
 * codes" (1995). Words that are too long are then cut, and as many shorter ones made longer as that takes.
 */
function tallyLengths(used: u32, limit: u32): void {
  joinNodes(used);
  memory.fill(LENGTH_TALLY, 0, 64);
  // From the root down: nodes of each depth, of which those that are not inner are leaves.
  setWord(TREE, used - 2, 0);
  for (let node = used - 2; node > 0; node--) {
    setWord(TREE, node - 1, word(TREE, word(TREE, node - 1)) + 1);
  }
  let free: u32 = 1;
  let taken: u32 = 0;
  let inner = used - 1;
  for (let depth: u32 = 0; free > 0; depth++) {
    let here: u32 = 0;
    while (inner > 0 && word(TREE, inner - 1) == depth) {
      here++;
      inner--;
    }
    const length = min(depth, limit);
    setWord(LENGTH_TALLY, length, word(LENGTH_TALLY, length) + free - here);
    taken += (free - here) << (limit - length);
    free = here << 1;
  }
  while (taken > <u32> 1 << limit) {
    let length = limit - 1;
    while (word(LENGTH_TALLY, length) == 0) length--;
    setWord(LENGTH_TALLY, length, word(LENGTH_TALLY, length) - 1);
    setWord(LENGTH_TALLY, length + 1, word(LENGTH_TALLY, length + 1) + 2);
    setWord(LENGTH_TALLY, limit, word(LENGTH_TALLY, limit) - 1);
    taken--;
  }
}

/** Leaves in TREE, for each inner node but the root, the number of the node above it. */
function joinNodes(used: u32): void {
  for (let i: u32 = 0; i < used; i++) setWord(TREE, i, word(SORTED, i) >> 9);
  let leaf: u32 = 0;
  let node: u32 = 0;
  for (let next: u32 = 0; next < used - 1; next++) {
    let sum: u32 = 0;
    for (let half = 0; half < 2; half++) {
      if (leaf >= used || (node < next && word(TREE, node) < word(TREE, leaf))) {
        sum += word(TREE, node);
        setWord(TREE, node++, next);
      } else {
        sum += word(TREE, leaf++);
      }
    }
    setWord(TREE, next, sum);
  }
}

/** Words of one length count upwards, and each length goes on where the shorter one ended. */
function assignCodes(codes: u32, bits: u32, symbols: u32, limit: u32): void {
  let code: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) {
    setWord(NEXT_CODES, length, code);
    code = (code + word(LENGTH_TALLY, length)) << 1;
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = <u32> load<u8>(bits + symbol);
    const next = length == 0 ? 0 : word(NEXT_CODES, length);
    if (length != 0) setWord(NEXT_CODES, length, next + 1);
    setWord(codes, symbol, reverse(next, length) | (length << 16));
  }
}

/** A code word is written from its highest bit on, everything else from the lowest. */
function reverse(code: u32, length: u32): u32 {
  let reversed: u32 = 0;
  for (; length > 0; length--) {
    reversed = (reversed << 1) | (code & 1);
    code >>= 1;
  }
  return reversed;
}
