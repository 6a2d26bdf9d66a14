import type { DatabaseSync } from "node:sqlite";
import { readNumber } from "./connection.ts";
import { isBeyondSqlite, wordsOf } from "./sqlite_error.ts";

/** The page at this byte bears SQLite's locks and nothing else. */
const PENDING_BYTE = 0x40000000;

/**
 * Makes sure that each page of a database belongs to one tree, once: the part of SQLite's own check of the whole file that
 * its check of single tables leaves out. Needs nothing that is in the schema but the numbers of pages.
 *
 * Ends with the first problem: what is damaged so may have no end.
 *
 * @returns Nothing when all is in order.
 * @see https://sqlite.org/dbstat.html
 */
export function checkPages(database: DatabaseSync): string[] {
  const pages = readNumber(database, "PRAGMA page_count");
  const seen = new Uint8Array(pages + 1);
  let count = 0;
  for (const row of database.prepare("SELECT name, pageno, pagetype FROM dbstat").iterate()) {
    const page = Number(row["pageno"]);
    const where = `page ${page} of ${row["name"]}`;
    if (row["pagetype"] === "corrupted") return [`${where} is no page of a table or index`];
    if (page < 1 || page > pages) return [`${where} is beyond the ${pages} pages of the file`];
    if (seen[page] === 1) return [`${where} belongs to something else, too`];
    seen[page] = 1;
    count += 1;
  }
  return checkSum(database, { pages, used: count });
}

function checkSum(
  database: DatabaseSync,
  { pages, used }: { readonly pages: number; readonly used: number },
): string[] {
  try {
    // iterate() takes an error for the end; get() throws it.
    database.prepare("SELECT count(*) FROM dbstat").get();
  } catch (error) {
    if (!isBeyondSqlite(error)) throw error;
    return [wordsOf(error)];
  }
  // Pages that map pointers belong to nothing that is listed.
  if (readNumber(database, "PRAGMA auto_vacuum") !== 0) return [];
  const locks = PENDING_BYTE < pages * readNumber(database, "PRAGMA page_size") ? 1 : 0;
  const known = used + locks + readNumber(database, "PRAGMA freelist_count");
  return known === pages ? [] : [`${known} of ${pages} pages belong to something`];
}
