import type { Random } from "./random.ts";

/** How much a text repeats itself; chosen so that zlib at level 6 leaves of it what it leaves of a real novel. */
const WORDS = 24_000;
/** How steeply word frequency falls with rank. */
const ZIPF = 1.02;
/** How often a word is followed by one of its usual companions. */
const COMPANION_SHARE = 0.32;
const COMPANIONS = 20;
/** People and places that one book keeps coming back to. */
const NAMES = 12;
const NAME_SHARE = 0.06;
const SENTENCE_ENDS = ["。", "。", "。", "！", "？", "。\n\u3000\u3000", "”\n\u3000\u3000“"];
const PAUSES = ["，", "，", "，", "、", "；", "：“"];

/**
 * Writes Chinese prose that means nothing and compresses as a novel does.
 *
 * Words are made from the neighbours that characters have in real poems, and come with the frequencies (Zipf)
 * and the habits (companions, a book's own names) of real text.
 */
export class ChineseText {
  readonly #random: Random;
  readonly #words: Uint8Array[];
  readonly #companions: Uint16Array;
  readonly #byRank: Uint16Array;
  readonly #ends: Uint8Array[];
  readonly #pauses: Uint8Array[];
  #names: number[] = [];

  /** @param sample Real Chinese text, a few thousand characters. */
  constructor(sample: string, random: Random) {
    this.#random = random;
    this.#words = makeWords(sample, random).map(encode);
    this.#byRank = rankTable(random);
    this.#companions = new Uint16Array(WORDS * COMPANIONS);
    for (let index = 0; index < this.#companions.length; index++) {
      this.#companions[index] = this.#anyWord();
    }
    this.#ends = SENTENCE_ENDS.map(encode);
    this.#pauses = PAUSES.map(encode);
    this.startBook();
  }

  /** Chooses the names of another book. */
  startBook(): void {
    this.#names = Array.from({ length: NAMES }, () => this.#random.below(WORDS));
  }

  /** Fills `target` with text that begins and ends at a whole character; returns the bytes used. */
  fill(target: Uint8Array): number {
    let at = 0;
    let word = this.#anyWord();
    let left = 4;
    while (true) {
      const bytes = this.#words[word];
      if (bytes === undefined || at + bytes.length + 16 > target.length) return at;
      target.set(bytes, at);
      at += bytes.length;
      left -= 1;
      if (left === 0) {
        const marks = this.#random.below(3) === 0 ? this.#ends : this.#pauses;
        const mark = marks[this.#random.below(marks.length)] ?? bytes;
        target.set(mark, at);
        at += mark.length;
        left = 2 + this.#random.below(7);
      }
      word = this.#follow(word);
    }
  }

  /** A short text, such as a title. */
  words(count: number): string {
    const decoder = new TextDecoder();
    let text = "";
    for (let left = count; left > 0; left--) text += decoder.decode(this.#words[this.#anyWord()]);
    return text;
  }

  #follow(word: number): number {
    const dice = this.#random.fraction();
    if (dice < COMPANION_SHARE) {
      // The first companions are met more often than the last.
      const which = Math.floor((dice / COMPANION_SHARE) ** 2 * COMPANIONS);
      return this.#companions[word * COMPANIONS + which] ?? 0;
    }
    if (dice < COMPANION_SHARE + NAME_SHARE) return this.#names[this.#random.below(NAMES)] ?? 0;
    return this.#anyWord();
  }

  #anyWord(): number {
    return this.#byRank[this.#random.next() & (this.#byRank.length - 1)] ?? 0;
  }
}

/** Words of one to four characters, most of two, in the order of their rank. */
function makeWords(sample: string, random: Random): string[] {
  const characters = [...sample].filter((character) => /\p{Script=Han}/u.test(character));
  const next = new Map<string, string[]>();
  for (const [index, character] of characters.entries()) {
    const after = characters[index + 1];
    if (after === undefined) break;
    next.set(character, [...next.get(character) ?? [], after]);
  }
  const words = new Set<string>();
  for (let tries = 0; words.size < WORDS && tries < WORDS * 50; tries++) {
    const short = words.size < 1200;
    const length = short ? 1 : [2, 2, 2, 2, 2, 3, 4][random.below(7)] ?? 2;
    let word = characters[random.below(characters.length)] ?? "書";
    let last = word;
    for (let count = 1; count < length; count++) {
      const options = next.get(last) ?? characters;
      last = options[random.below(options.length)] ?? "山";
      word += last;
    }
    words.add(word);
  }
  return shuffleLightly([...words], random);
}

/** Ranks words so that single characters are frequent but not all of the frequent ones. */
function shuffleLightly(words: readonly string[], random: Random): string[] {
  return words.map((word, index) => ({
    word,
    rank: Math.log(1 + index) + random.normal() * 1.5 + (word.length === 1 ? 2 : 0),
  })).sort((left, right) => left.rank - right.rank).map(({ word }) => word);
}

/** A table from which a random place gives a word with Zipf's frequency. */
function rankTable(random: Random): Uint16Array {
  const weights = Array.from({ length: WORDS }, (_, rank) => 1 / (rank + 2.7) ** ZIPF);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const table = new Uint16Array(1 << 20);
  let word = 0;
  let reached = (weights[0] ?? 0) / sum;
  const offset = random.fraction();
  for (let index = 0; index < table.length; index++) {
    while ((index + offset) / table.length > reached && word < WORDS - 1) {
      word += 1;
      reached += (weights[word] ?? 0) / sum;
    }
    table[index] = word;
  }
  return table;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
