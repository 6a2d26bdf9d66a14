import { isAppError } from "../../base/errors.ts";
import { check, type CheckOrder } from "./check.ts";
import { type ContentsOrder, listCovers, readFileContents } from "./contents.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to describe a copied database and check it. */
export interface InspectOrder {
  readonly contents: ContentsOrder;
  /** `null`: not checked. */
  readonly check: CheckOrder | null;
}

/** What is known of a copied database. */
export interface Inspection {
  /** Rows by ordinary table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What the columns called `cover_path` hold. */
  readonly coverPaths: readonly string[];
  /** What is wrong with it, in SQLite's words; what came before the damage is known all the same. */
  readonly problems: readonly string[];
}

/** Does the work of `inspectDatabase()`. */
export function inspect(order: InspectOrder, bench: Workbench): Inspection {
  let found: Inspection = { rows: {}, coverPaths: [], problems: [] };
  try {
    found = { ...found, rows: readFileContents(order.contents, bench).rows };
    found = { ...found, coverPaths: listCovers(order.contents, bench) };
    return order.check === null
      ? found
      : { ...found, problems: check(order.check, bench).problems };
  } catch (error) {
    if (!isAppError(error, "database.damaged")) throw error;
    return { ...found, problems: [String(error.details["found"])] };
  }
}
