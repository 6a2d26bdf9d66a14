import { isAppError } from "../../base/errors.ts";
import { check, type CheckOrder } from "./check.ts";
import { type ContentsOrder, readFileContents } from "./contents.ts";
import { listCovers } from "./list_covers.ts";
import { mergePassedOver, type PassedOver } from "./passed_over.ts";
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
  /** What could not be counted, listed or checked for want of what only the library's program has. */
  readonly passedOver: readonly PassedOver[];
}

/** Does the work of `inspectDatabase()`. */
export function inspect(order: InspectOrder, bench: Workbench): Inspection {
  let found: Inspection = { rows: {}, coverPaths: [], problems: [], passedOver: [] };
  const learn = ({ passedOver, ...news }: Partial<Inspection>) => {
    const all = mergePassedOver(found.passedOver, passedOver ?? []);
    found = { ...found, ...news, passedOver: all };
  };
  try {
    const { rows, passedOver } = readFileContents(order.contents, bench);
    learn({ rows, passedOver });
    learn(listCovers(order.contents, bench));
    if (order.check === null) return found;
    const checked = check(order.check, bench);
    learn({ problems: checked.problems, passedOver: checked.passedOver });
  } catch (error) {
    if (!isAppError(error, "database.damaged")) throw error;
    learn({ problems: [String(error.details["found"])] });
  }
  return found;
}
