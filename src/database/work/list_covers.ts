import type { DatabaseSync } from "node:sqlite";
import { quoteName } from "./connection.ts";
import { known, type LookOrder, openForLook } from "./look.ts";
import { type PassedOver, PassedOverList } from "./passed_over.ts";
import { isOrdinaryTable, listColumns, readSchema } from "./schema.ts";
import type { Workbench } from "./workbench.ts";

const MAX_PATH_BYTES = 4096;

/**
 * Lists every distinct, non-empty text in a column called `cover_path`, but for those longer than a path can be: pictures
 * kept in the database may be larger than all memory.
 */
export function listCovers(
  order: LookOrder,
  bench: Workbench,
): { coverPaths: string[]; passedOver: PassedOver[] } {
  using database = openForLook(order, bench);
  return known(order, () => {
    const found = new Set<string>();
    const unknown = new PassedOverList(order);
    for (const { name } of readSchema(database, order).filter(isOrdinaryTable)) {
      const isNamed = listColumns(database, name).some((column) =>
        column.toLowerCase() === "cover_path"
      );
      if (!isNamed) continue;
      unknown.try(name, () => readCovers(database, name, found));
      bench.control.throwIfStopped();
    }
    return { coverPaths: [...found], passedOver: unknown.list() };
  });
}

/** By bytes and by the table alone: the column's own collation and its indexes may be known to the library only. */
function readCovers(database: DatabaseSync, table: string, found: Set<string>): void {
  const sql = `SELECT DISTINCT cover_path COLLATE BINARY AS path FROM ${
    quoteName(table)
  } NOT INDEXED
    WHERE typeof(cover_path) = 'text' AND octet_length(cover_path) BETWEEN 1 AND ${MAX_PATH_BYTES}`;
  // Not iterate(): it takes an error for the end.
  for (const row of database.prepare(sql).all()) found.add(String(row["path"]));
}
