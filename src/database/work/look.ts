import type { DatabaseSync } from "node:sqlite";
import { openDatabase, pinSnapshot, waitForLock } from "./connection.ts";
import { checkSchemaTree } from "./schema_tree.ts";
import { fromSqliteError } from "./sqlite_error.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to look into a database. */
export interface LookOrder {
  readonly path: string;
  /** Did it come from outside? Then its schema is looked at before SQLite reads it, and nothing in it is trusted. */
  readonly stranger: boolean;
  /** Is it held to the limits for what came from outside? Never what an owner backed up here. */
  readonly limited: boolean;
  readonly lockTimeoutMs: number;
}

/**
 * Opens a database at one instant, to look into it.
 *
 * @throws {AppError} `database.*`
 */
export function openForLook(order: LookOrder, bench: Workbench): DatabaseSync {
  if (order.stranger) checkSchemaTree(order.path, order);
  const database = openDatabase(order.path, { wary: order.stranger, limited: order.limited });
  try {
    waitForLock(order.path, bench.control, order.lockTimeoutMs, () => pinSnapshot(database));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Does something with it; what SQLite says is told as ours. */
export function known<Result>({ path, limited }: LookOrder, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    throw fromSqliteError(error, path, { limited });
  }
}
