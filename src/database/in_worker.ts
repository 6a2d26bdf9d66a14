import { AppError } from "../base/errors.ts";
import { Control } from "./work/control.ts";
import type { Answer, Order } from "./work/messages.ts";
import type { OperationName, OrderOf, ResultOf } from "./work/operations.ts";

export type { OperationName, OrderOf, ResultOf } from "./work/operations.ts";

const WORKER = new URL("./worker.ts", import.meta.url);

/** A thread without an errand, see {@linkcode keepWorker}. */
let spare: Worker | null = null;
/** How many want one to be kept. */
let keepers = 0;

/**
 * Keeps a thread ready between several {@linkcode inWorker}, the first one from now on: starting one takes 20 to 30 ms of
 * processor time, and as long as some of what comes before it.
 *
 * @returns Disposed of, as often as this was called, it ends a thread that nobody wants.
 */
export function keepWorker(): Disposable {
  if (spare === null) keep(startWorker());
  keepers += 1;
  let isOver = false;
  return {
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      keepers -= 1;
      if (keepers > 0) return;
      spare?.terminate();
      spare = null;
    },
  };
}

function keep(worker: Worker): void {
  spare = worker;
  worker.onmessage = null;
  // One that cannot even start is not kept: whoever has an errand starts another, and is told.
  worker.onerror = (event) => {
    event.preventDefault();
    if (spare === worker) spare = null;
  };
}

function startWorker(): Worker {
  return new Worker(WORKER, { type: "module" });
}

/** How long a stopped worker may take to its next step before it is left alone. */
const GRACE_MS = 2_000;

/** Options of {@linkcode inWorker}. */
export interface WorkOptions {
  /** Names the database in a timeout. */
  readonly path: string;
  /** The work fails with `database.timeout` after this long. */
  readonly deadlineMs?: number | undefined;
  /** The work fails with `database.timeout` when nothing is heard for this long after `onLocked`. */
  readonly stallTimeoutMs?: number | undefined;
  /** Called after each step. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Called once the lock is held; the worker waits for it, and gives up when it throws. */
  readonly onLocked?: (() => void | Promise<void>) | undefined;
  /** Called once what was to be written is safe; what follows only tidies up. */
  readonly onCommitted?: (() => void) | undefined;
  /** Stops the work; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has one operation done by a worker of its own, which is gone afterwards unless somebody {@linkcode keepWorker keeps} it.
 *
 * SQLite cannot be interrupted from outside while it runs one statement; `terminate()` does not end such a
 * thread either. When the work is stopped or late and does not answer within two seconds, the promise settles all the
 * same and the thread goes when it reaches its next step; a timeout then says `unstoppable: true`.
 *
 * @throws {AppError} What the operation throws, `database.timeout`, `worker.crashed`; the signal's reason.
 */
export function inWorker<Name extends OperationName>(
  operation: Name,
  order: OrderOf<Name>,
  options: WorkOptions,
): Promise<ResultOf<Name>> {
  options.signal?.throwIfAborted();
  return new Errand<ResultOf<Name>>(operation, order, options).result;
}

class Errand<Result> {
  readonly result: Promise<Result>;
  readonly #options: WorkOptions;
  readonly #worker: Worker;
  readonly #control: Control;
  readonly #settle: PromiseWithResolvers<Result>;
  readonly #timers = new Set<number>();
  readonly #onAbort = () => this.#stop(this.#options.signal?.reason);
  #stopReason: { readonly error: unknown } | null = null;
  #stallTimer: number | null = null;

  constructor(operation: OperationName, order: unknown, options: WorkOptions) {
    this.#options = options;
    this.#settle = Promise.withResolvers<Result>();
    const memory = Control.createMemory();
    this.#control = new Control(memory);
    this.#worker = spare ?? startWorker();
    spare = null;
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      this.#fail(new AppError("worker.crashed", { found: event.message }));
    };
    options.signal?.addEventListener("abort", this.#onAbort);
    if (options.deadlineMs !== undefined) {
      const { deadlineMs } = options;
      this.#after(deadlineMs, () => this.#stop(this.#timeout(deadlineMs, false)));
    }
    this.result = this.#settle.promise.finally(() => this.#cleanUp());
    this.#worker.postMessage({ operation, order, memory } satisfies Order);
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case "progress":
        this.#clearStall();
        this.#options.onProgress?.(answer.doneBytes, answer.totalBytes);
        break;
      case "locked":
        this.#confirm();
        break;
      case "committed":
        this.#options.onCommitted?.();
        break;
      case "done":
        this.#end(!answer.isLowered);
        this.#settle.resolve(answer.value as Result);
        break;
      case "failed": {
        this.#end();
        const cause = answer.cause === null ? {} : { cause: new Error(answer.cause) };
        this.#fail(new AppError(answer.code, answer.details, cause));
        break;
      }
      case "crashed":
        this.#end();
        this.#fail(new AppError("worker.crashed", { found: answer.found }));
    }
  }

  /** A worker that was told to stop fails with an error of its own; the caller wants the reason. */
  #fail(error: unknown): void {
    this.#settle.reject(this.#stopReason === null ? error : this.#stopReason.error);
  }

  async #confirm(): Promise<void> {
    try {
      await this.#options.onLocked?.();
    } catch (error) {
      this.#stop(error);
      return;
    }
    if (this.#stopReason !== null) return;
    const { stallTimeoutMs } = this.#options;
    if (stallTimeoutMs !== undefined) {
      this.#stallTimer = this.#after(stallTimeoutMs, () => {
        this.#stop(this.#timeout(stallTimeoutMs, true));
      });
    }
    this.#control.answer("go");
  }

  #stop(reason: unknown): void {
    if (this.#stopReason !== null) return;
    this.#stopReason = { error: reason };
    this.#control.stop();
    this.#after(GRACE_MS, () => {
      const late = this.#options.deadlineMs;
      const isDeadline = reason instanceof AppError && reason.code === "database.timeout";
      this.#settle.reject(isDeadline && late !== undefined ? this.#timeout(late, true) : reason);
    });
  }

  #timeout(limitMs: number, unstoppable: boolean): AppError {
    return new AppError("database.timeout", {
      path: this.#options.path,
      limit_seconds: Math.round(limitMs / 1000),
      ...(unstoppable ? { unstoppable } : {}),
    });
  }

  #after(milliseconds: number, action: () => void): number {
    const timer = setTimeout(action, milliseconds) as unknown as number;
    this.#timers.add(timer);
    return timer;
  }

  #clearStall(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
  }

  #cleanUp(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  /**
   * Only after the worker's last word: a thread that is still in `backup()` must be able to read that it is to stop,
   * so that it undoes its work instead of finishing it.
   */
  #end(isReusable = false): void {
    if (isReusable && keepers > 0 && spare === null) keep(this.#worker);
    else this.#worker.terminate();
  }
}
