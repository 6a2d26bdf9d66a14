import { isBeyondSqlite, isTooLarge, wordsOf } from "./sqlite_error.ts";

/**
 * Something in a database that SQLite alone cannot work with: it leans on a collation, function, tokenizer or module that
 * only the library's program has. Never damage.
 */
export interface PassedOver {
  /** The table it belongs to. */
  readonly name: string;
  /** Why, in SQLite's words. */
  readonly found: string;
}

/** Collects what is passed over, each table once. */
export class PassedOverList {
  readonly #found = new Map<string, string>();
  readonly #limited: boolean;

  /** @param options `limited`: what a stranger's value exceeds is told as such, and not passed over. */
  constructor(options: { readonly limited: boolean }) {
    this.#limited = options.limited;
  }

  /** Tells whether an error is a matter of one table alone, and no damage. */
  takes(error: unknown): boolean {
    return isBeyondSqlite(error) || (!this.#limited && isTooLarge(error));
  }

  /**
   * Does something with one table.
   *
   * @returns `null` when it was passed over.
   * @throws Whatever is no matter of this table alone.
   */
  try<Result>(name: string, work: () => Result): Result | null {
    try {
      return work();
    } catch (error) {
      if (!this.takes(error)) throw error;
      this.add(name, error);
      return null;
    }
  }

  /** Notes one; only the first reason counts. */
  add(name: string, error: unknown): void {
    if (!this.#found.has(name)) this.#found.set(name, wordsOf(error));
  }

  /** What was noted, in the order of notice. */
  list(): PassedOver[] {
    return Array.from(this.#found, ([name, found]) => ({ name, found }));
  }
}

/** Puts together what several looks passed over. */
export function mergePassedOver(...lists: readonly (readonly PassedOver[])[]): PassedOver[] {
  const merged = new Map<string, PassedOver>();
  for (const item of lists.flat()) if (!merged.has(item.name)) merged.set(item.name, item);
  return [...merged.values()];
}
