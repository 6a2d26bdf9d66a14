/**
 * The entry of the worker in which everything that takes SQLite longer than a moment is done: `node:sqlite` is
 * synchronous and would freeze the server.
 *
 * @module
 */
import { isAppError } from "../base/errors.ts";
import { isPriorityLowered } from "../base/low_priority.ts";
import { fromSqliteError } from "./work/sqlite_error.ts";
import { OPERATIONS } from "./work/operations.ts";
import { Control } from "./work/control.ts";
import type { Answer, Order } from "./work/messages.ts";
import type { Workbench } from "./work/workbench.ts";

/** The part of a worker's global scope that is used here; the project's types are a window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(message: Answer): void;
}

const scope = self as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  const bench: Workbench = {
    control: new Control(data.memory),
    progress: (doneBytes, totalBytes) => {
      scope.postMessage({ kind: "progress", doneBytes, totalBytes });
    },
    confirmLocked() {
      scope.postMessage({ kind: "locked" });
      bench.control.awaitAnswer();
    },
    reportCommitted: () => scope.postMessage({ kind: "committed" }),
  };
  scope.postMessage(await carryOut(data, bench));
};

async function carryOut(order: Order, bench: Workbench): Promise<Answer> {
  try {
    const operation: (order: never, bench: Workbench) => unknown = OPERATIONS[order.operation];
    const value = await operation(order.order as never, bench);
    return { kind: "done", value, isLowered: isPriorityLowered() };
  } catch (thrown) {
    // Whatever SQLite says is no crash, wherever it said it.
    const error = fromSqliteError(thrown, pathOf(order));
    if (isAppError(error)) {
      const cause = error.cause instanceof Error ? error.cause.message : null;
      return { kind: "failed", code: error.code, details: error.details, cause };
    }
    return { kind: "crashed", found: error instanceof Error ? error.message : String(error) };
  }
}

/** The database that an order is about. */
function pathOf({ order }: Order): string {
  const { path, live, source } = order as { path?: string; live?: string; source?: string };
  return path ?? live ?? source ?? "?";
}
