import { AppError } from "../base/errors.ts";

/** What a page is cut by: where a backup stands in the list. */
interface Placed {
  readonly backup_id: string;
  readonly created_at_utc: string;
  readonly future: boolean;
}

/** One page of a list. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** For the next page; `null` at the end. */
  readonly nextCursor: string | null;
}

/**
 * Cuts one page out of the list of backups, newest first.
 *
 * The cursor says behind which place a page begins, not behind which backup: one deleted meanwhile costs nothing.
 *
 * @param list In the order of the catalog.
 * @param options `limit`: most items; all, when absent. `cursor`: of an earlier page.
 * @throws {AppError} `request.invalid` for a cursor that is none.
 */
export function cutPage<Item extends Placed>(
  list: readonly Item[],
  { limit = Infinity, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): ListPage<Item> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const rest = after === null ? list : list.filter((item) => isBehind(placeOf(item), after));
  const items = rest.length <= limit ? rest : rest.slice(0, limit);
  const last = items.at(-1);
  const hasMore = last !== undefined && items.length < rest.length;
  return { items, nextCursor: hasMore ? writeCursor(placeOf(last)) : null };
}

/** Compared from left to right; the first is `0` for what is dated after now, which comes last. */
type Place = readonly [string, string, string];

function placeOf({ future, created_at_utc, backup_id }: Placed): Place {
  return [future ? "0" : "1", created_at_utc, backup_id];
}

function isBehind(place: Place, after: Place): boolean {
  const at = place.findIndex((text, index) => text !== after[index]);
  return at >= 0 && (place[at] ?? "") < (after[at] ?? "");
}

function writeCursor(place: Place): string {
  return new TextEncoder().encode(place.join(" ")).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

function readCursor(cursor: string): Place {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const [future, createdAt, id, ...more] = new TextDecoder().decode(bytes).split(" ");
    if (future !== undefined && createdAt !== undefined && id !== undefined && more.length === 0) {
      return [future, createdAt, id];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = "next_cursor";
  const errors = [{ path: "cursor", message }];
  throw new AppError("request.invalid", { summary: `cursor: ${message}`, errors });
}
