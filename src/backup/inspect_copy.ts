import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { inspectDatabase, passedOverNotices } from "../database/mod.ts";
import type { LibraryCopy } from "./copy_library_database.ts";
import { coverName } from "./cover_name.ts";

/** What is known of a copied database. */
export interface CopyContents {
  /** Rows per table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Covers that the database names, relative to the covers folder. */
  readonly coverPaths: readonly string[];
  readonly warnings: readonly Notice[];
}

/** Options of {@linkcode inspectCopy}. */
export interface InspectOptions {
  readonly coversFolder: string;
  /** Whether SQLite checks it whole, indexes too. */
  readonly check: boolean;
  /** A sick database is better than none: damage becomes a warning. */
  readonly mayBeDamaged: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads what the metadata records of a copied database, and checks it. Of raw bytes nothing is known.
 *
 * @throws {AppError} `database.damaged`, unless it may be; the signal's reason.
 */
export async function inspectCopy(
  copy: LibraryCopy,
  options: InspectOptions,
): Promise<CopyContents> {
  const { check, coversFolder, mayBeDamaged, signal } = options;
  if (copy.raw) return { rows: {}, coverPaths: [], warnings: [] };
  const found = await inspectDatabase(copy.path, { check, signal });
  const { rows, coverPaths, problems, passedOver } = found;
  if (problems.length > 0 && !mayBeDamaged) {
    throw new AppError("database.damaged", {
      path: "database/library.db",
      found: problems.slice(0, 5).join("; "),
    });
  }
  return {
    rows,
    coverPaths: coverPaths.flatMap((named) => coverName(named, coversFolder) ?? []),
    warnings: [...problems.length > 0 ? [SICK_COPY] : [], ...passedOverNotices(passedOver)],
  };
}

const SICK_COPY: Notice = {
  zh: "现有数据库没有通过完整检查，快照保存的是它现在的样子",
  en: "The live database does not pass SQLite's full check; the snapshot holds it as it is",
};
