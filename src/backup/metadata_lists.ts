import { Buffer } from "node:buffer";

/** Texts that one list in the metadata names; the others are counted. */
const MAX_TEXTS = 1000;

/** Bytes of one text: what can be a path. */
export const MAX_PATH_BYTES = 4096;

/** Tables whose rows the metadata tells, and characters of their names together: far below what a reader takes. */
const MAX_TABLES = 10_000;
const MAX_TABLE_NAMES = 256 * 1024;

/** The first of many texts, and how many there are. */
export interface ShortList {
  readonly texts: readonly string[];
  readonly count: number;
}

/**
 * Shortens a list of texts from a library, which may be as long as it likes, to what every reader of the metadata takes.
 *
 * A text that is longer than a path can be is counted and not named.
 */
export function shorten(texts: Iterable<string>): ShortList {
  const kept: string[] = [];
  let count = 0;
  for (const text of texts) {
    count += 1;
    if (kept.length < MAX_TEXTS && isPathLong(text)) kept.push(text);
  }
  return { texts: kept, count };
}

/** Tells whether a text is no longer than a path can be. */
export function isPathLong(text: string): boolean {
  return text.length <= MAX_PATH_BYTES && Buffer.byteLength(text) <= MAX_PATH_BYTES;
}

/**
 * Shortens counts of rows likewise: of very many tables those with most rows stay, and none with a name as long as a
 * book.
 */
export function shortenRows(
  rows: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const tables = Object.entries(rows).filter(([name, count]) =>
    isPathLong(name) && Number.isSafeInteger(count) && count >= 0
  );
  let characters = tables.reduce((sum, [name]) => sum + name.length, 0);
  if (tables.length <= MAX_TABLES && characters <= MAX_TABLE_NAMES) {
    return Object.fromEntries(tables);
  }
  characters = 0;
  const largest = tables.toSorted(([, one], [, other]) => other - one).slice(0, MAX_TABLES);
  return Object.fromEntries(
    largest.filter(([name]) => (characters += name.length) <= MAX_TABLE_NAMES),
  );
}
