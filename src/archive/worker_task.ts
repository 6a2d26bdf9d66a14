import { AppError, type ErrorCode, type ErrorDetails } from "../base/errors.ts";
import { threadTurn } from "./thread_turn.ts";

/** What a thread with one task tells the one that started it. */
export type TaskMessage<Note, Result> =
  | { readonly kind: "note"; readonly note: Note }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly details: ErrorDetails };

/** Options of {@linkcode runWorkerTask}. */
export interface WorkerTaskOptions<Note> {
  /** Ends the thread, whatever it is doing; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told what the task reports on its way. */
  readonly onNote?: ((note: Note) => void) | undefined;
  /** What of the order goes to the thread and is gone here. */
  readonly transfer?: Transferable[];
}

/**
 * Has one task done by a thread of its own, which is gone afterwards.
 *
 * @param url The worker's module: a file of this program that calls `serveWorkerTask()`.
 * @param order Anything that can be sent.
 * @throws {AppError} What the task throws, `worker.crashed`; the signal's reason.
 */
export async function runWorkerTask<Order, Note, Result>(
  url: URL,
  order: Order,
  options: WorkerTaskOptions<Note> = {},
): Promise<Result> {
  const { signal, onNote, transfer = [] } = options;
  signal?.throwIfAborted();
  await threadTurn();
  signal?.throwIfAborted();
  const outcome = Promise.withResolvers<Result>();
  const worker = new Worker(url, { type: "module" });
  const onAbort = () => outcome.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  worker.onmessage = ({ data }: MessageEvent<TaskMessage<Note, Result>>) => {
    if (data.kind === "note") onNote?.(data.note);
    else if (data.kind === "done") outcome.resolve(data.result);
    else outcome.reject(new AppError(data.code, data.details));
  };
  worker.onerror = (event) => {
    // Otherwise the runtime takes the worker's error for this process's own and ends it.
    event.preventDefault();
    outcome.reject(new AppError("worker.crashed", { found: event.message }));
  };
  try {
    worker.postMessage(order, transfer);
    return await outcome.promise;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    worker.terminate();
  }
}
