/// <reference lib="deno.worker" />
import { AppError } from "../base/errors.ts";
import { lowerPriority } from "../base/low_priority.ts";
import type { TaskMessage } from "./worker_task.ts";

/**
 * Makes the calling worker do what it is sent; see `worker_task.ts`.
 *
 * Errors without a code end the worker.
 *
 * @param options `urgent`: somebody waits for it; otherwise it runs at low priority.
 */
export function serveWorkerTask<Order, Note, Result>(
  perform: (order: Order, note: (note: Note) => void) => Result | Promise<Result>,
  options: { readonly urgent?: boolean } = {},
): void {
  if (!options.urgent) lowerPriority();
  const tell = (message: TaskMessage<Note, Result>) => self.postMessage(message);
  self.onmessage = async ({ data }: MessageEvent<Order>) => {
    try {
      tell({ kind: "done", result: await perform(data, (note) => tell({ kind: "note", note })) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell({ kind: "failed", code: error.code, details: error.details });
    }
  };
}
