import { check, type CheckOrder, type CheckResult } from "./check.ts";
import { type ContentsOrder, type DatabaseContents, readFileContents } from "./contents.ts";
import { mergePassedOver } from "./passed_over.ts";
import type { Workbench } from "./workbench.ts";

/** What a worker needs to check a stranger's database and then look into it. */
export interface ExamineOrder {
  readonly check: CheckOrder;
  readonly contents: ContentsOrder;
}

/** What a check found, and what the file holds when it is sound. */
export interface Examination {
  readonly result: CheckResult;
  readonly contents: DatabaseContents | null;
}

/** Does the work of `checkStranger()`: both in one thread, for starting another takes longer than looking. */
export function examine(order: ExamineOrder, bench: Workbench): Examination {
  const result = check(order.check, bench);
  if (!result.ok) return { result, contents: null };
  const contents = readFileContents(order.contents, bench);
  const passedOver = mergePassedOver(result.passedOver, contents.passedOver);
  return { result, contents: { ...contents, passedOver } };
}
