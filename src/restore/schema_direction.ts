import { join } from "node:path";
import type { DatabaseContents } from "../database/contents.ts";
import { foldName } from "../database/fold_name.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";

/** How a backup's schema relates to the live one. */
export type SchemaDirection = "same" | "newer" | "older" | "unknown";

/** The answer of {@linkcode compareSchemas}: the direction, and the two versions in words. */
export interface SchemaComparison {
  readonly direction: SchemaDirection;
  readonly live: string | null;
  readonly backup: string | null;
  /** Whether both have Alembic's versions, which then decide. */
  readonly versions: "compared" | "none";
  /** What the live database has and the backup's has not. */
  readonly lacking: Lacking;
}

/** Tables such as `ratings`, and columns of tables that both have, such as `books.rating`. */
export interface Lacking {
  readonly tables: readonly string[];
  readonly columns: readonly string[];
}

/** What of a database's contents its schema is judged by. */
export type Schema = Pick<DatabaseContents, "alembicVersions" | "columns" | "extras">;

/** Revisions by id, each with those it follows. */
export type Revisions = ReadonlyMap<string, readonly string[]>;

const NAMED_COLUMNS = 5;

/**
 * Tells which of two schemas is the newer one.
 *
 * With Alembic versions on both sides the library's migration scripts decide; without, tables or columns
 * that the live database lacks mean newer, and the opposite older.
 *
 * @param live `null` when there is no readable live database: nothing to compare with.
 * @param revisions From {@linkcode readRevisions}; `null` when the library has no migrations folder.
 */
export function compareSchemas(
  live: Schema | null,
  backup: Schema,
  revisions: Revisions | null,
): SchemaComparison {
  if (live === null) {
    const words = { live: null, backup: describe(backup) };
    return { direction: "unknown", ...words, versions: "none", lacking: NOTHING };
  }
  const added = namesOf(findLacking(backup, live));
  const lacking = findLacking(live, backup);
  const gone = namesOf(lacking);
  if (live.alembicVersions.length > 0 && backup.alembicVersions.length > 0) {
    const direction = compareVersions(live.alembicVersions, backup.alembicVersions, revisions);
    return {
      // Scripts that do not say what they follow leave it to the columns.
      direction: direction === "unknown" && added.length > 0 ? "newer" : direction,
      live: live.alembicVersions.join(", "),
      backup: backup.alembicVersions.join(", "),
      versions: "compared",
      lacking,
    };
  }
  return {
    direction: added.length > 0 ? "newer" : gone.length > 0 ? "older" : "same",
    live: gone.length > 0 ? `+ ${shorten(gone)}` : describe(live),
    backup: added.length > 0 ? `+ ${shorten(added)}` : describe(backup),
    versions: "none",
    lacking,
  };
}

/**
 * Reads Alembic's scripts as text: `revision = "…"` and `down_revision = …` inside them, never their names, and
 * never as code.
 *
 * @returns `null` when there is no such folder, or no script in it.
 */
export async function readRevisions(folder: string): Promise<Revisions | null> {
  const revisions = new Map<string, readonly string[]>();
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !entry.name.endsWith(".py")) continue;
      const text = await Deno.readTextFile(join(folder, entry.name));
      const id = /^revision\b[^=\n]*=\s*["']([^"'\n]+)["']/m.exec(text)?.[1];
      if (id !== undefined) revisions.set(id, downRevisions(text));
    }
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return null;
    throw fromOsError(error, folder);
  }
  return revisions.size === 0 ? null : revisions;
}

function downRevisions(text: string): string[] {
  const value = /^down_revision\b[^=\n]*=\s*(\([^)]*\)|[^\n]*)/m.exec(text)?.[1] ?? "";
  return [...value.matchAll(/["']([^"'\n]+)["']/g)].map((match) => match[1] ?? "");
}

function compareVersions(
  live: readonly string[],
  backup: readonly string[],
  revisions: Revisions | null,
): SchemaDirection {
  if (live.toSorted().join() === backup.toSorted().join()) return "same";
  if (revisions === null) return "unknown";
  if (backup.some((version) => !revisions.has(version))) return "newer";
  const [ofLive, ofBackup] = [ancestors(live, revisions), ancestors(backup, revisions)];
  if (backup.every((version) => ofLive.has(version))) return "older";
  if (live.every((version) => ofBackup.has(version))) return "newer";
  return "unknown";
}

function ancestors(versions: readonly string[], revisions: Revisions): Set<string> {
  const seen = new Set<string>();
  const waiting = [...versions];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...revisions.get(next) ?? []);
  }
  return seen;
}

const NOTHING: Lacking = { tables: [], columns: [] };

/** All of them, tables first. */
export function namesOf({ tables, columns }: Lacking): string[] {
  return [...tables, ...columns];
}

/** Tables that hold the content of a virtual table come and go with it. */
function findLacking(from: Schema, other: Schema): Lacking {
  const there = new Map(
    Object.entries(other.columns).map(([table, columns]) => [
      foldName(table),
      new Set(columns.map(foldName)),
    ]),
  );
  const virtual = namesOfVirtual(from);
  const known = new Set(namesOfVirtual(other).map(foldName));
  const lacking = {
    tables: virtual.filter((name) => !known.has(foldName(name))),
    columns: new Array<string>(),
  };
  for (const [table, columns] of Object.entries(from.columns)) {
    if (virtual.some((name) => foldName(table).startsWith(`${foldName(name)}_`))) continue;
    const found = there.get(foldName(table));
    if (found === undefined) lacking.tables.push(table);
    else {
      lacking.columns.push(
        ...columns.filter((column) => !found.has(foldName(column)))
          .map((column) => `${table}.${column}`),
      );
    }
  }
  return lacking;
}

function namesOfVirtual({ extras }: Schema): string[] {
  return extras.filter(({ type }) => type === "virtual table").map(({ name }) => name);
}

function describe({ alembicVersions, columns }: Schema): string {
  return alembicVersions.length > 0
    ? alembicVersions.join(", ")
    : shorten(Object.keys(columns).toSorted());
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_COLUMNS).join(", ");
  return names.length > NAMED_COLUMNS ? `${shown}, … (${names.length})` : shown;
}
