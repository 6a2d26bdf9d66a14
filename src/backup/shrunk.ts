import type { BackupRecord } from "./catalog.ts";

/** What is compared: rows per table and the number of covers. */
export interface LibrarySize {
  readonly rows: Readonly<Record<string, number>>;
  readonly coverCount: number;
  readonly includes: readonly string[];
}

/**
 * Finds the backup that this one is under half of, if any.
 *
 * Compared with the newest earlier backup that holds the same part, since a library that lost half its rows
 * or covers overnight is more likely broken than tidied.
 *
 * @param earlier Newest first.
 * @returns The predecessor that is worth keeping, or `null`.
 */
export function findShrunkFrom(
  now: LibrarySize,
  earlier: readonly BackupRecord[],
): BackupRecord | null {
  const sound = earlier.filter((backup) =>
    backup.state === "ok" && backup.kind !== "uploaded" && !backup.other_library && !backup.future
  );
  const byRows = now.includes.includes("database")
    ? sound.find((backup) => total(backup.rows) > 0)
    : undefined;
  if (byRows !== undefined && isUnderHalf(total(now.rows), total(byRows.rows))) return byRows;
  const byCovers = now.includes.includes("covers")
    ? sound.find((backup) => backup.includes.includes("covers"))
    : undefined;
  if (byCovers !== undefined && isUnderHalf(now.coverCount, byCovers.cover_count)) return byCovers;
  return null;
}

function isUnderHalf(now: number, before: number): boolean {
  return now * 2 < before;
}

function total(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}
