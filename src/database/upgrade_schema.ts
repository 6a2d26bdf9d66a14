import { inWorker } from "./in_worker.ts";
import type { SchemaUpgrade } from "./work/upgrade_schema.ts";

export type { SchemaUpgrade } from "./work/upgrade_schema.ts";

const LOCK_TIMEOUT_MS = 10_000;

/** Options of {@linkcode upgradeSchema}. */
export interface UpgradeOptions {
  /** `columns`: only to tables that are there; default `all`. */
  readonly scope?: "all" | "columns";
  readonly signal?: AbortSignal | undefined;
}

/**
 * Adds to a database the tables, columns and indexes that another has and it lacks; rows get a column's default.
 *
 * What is there stays as it is, to the last value. What cannot be added (a column that must have a value and has no default, a part
 * of a key, a rule that the rows break) is told and left out. Where nothing is lacking in the end, the live `alembic_version` comes
 * with it.
 *
 * @param staged Nobody else's; durable when this returns, but for its folder.
 * @param live Only read.
 * @throws {AppError} `database.*` of either, `storage.*`; the signal's reason.
 */
export async function upgradeSchema(
  staged: string,
  live: string,
  { scope = "all", signal }: UpgradeOptions = {},
): Promise<SchemaUpgrade> {
  signal?.throwIfAborted();
  const order = { staged, live, scope, lockTimeoutMs: LOCK_TIMEOUT_MS };
  return await inWorker("upgradeSchema", order, { path: staged, signal });
}
