import { AppError } from "../base/errors.ts";

/**
 * One worker that answers requests in the order they were made.
 *
 * A worker that throws, or cannot start, fails every request made and to come with `worker.crashed`:
 * nobody waits for an answer that will not come. Disposing ends its thread.
 */
export class WorkerChannel<Request, Reply> implements Disposable {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Reply>[] = [];
  #failure: AppError | null = null;

  /** @param url The worker's module, a file of this program. */
  constructor(url: URL) {
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#waiting.shift()?.resolve(data);
    this.#worker.onmessageerror = () => this.#fail("an unreadable answer");
    this.#worker.onerror = (event) => {
      // Otherwise the runtime takes the worker's error for this process's own and ends it.
      event.preventDefault();
      this.#fail(event.message);
    };
  }

  /**
   * Asks the worker.
   *
   * @param transfer Buffers that go to the worker and are empty here afterwards.
   * @throws {AppError} `worker.crashed`.
   */
  call(request: Request, transfer: Transferable[] = []): Promise<Reply> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<Reply>();
    this.#worker.postMessage(request, transfer);
    this.#waiting.push(answer);
    return answer.promise;
  }

  #fail(found: string): void {
    this.#failure ??= new AppError("worker.crashed", { found });
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#failure);
  }

  [Symbol.dispose](): void {
    this.#fail("stopped");
    this.#worker.terminate();
  }
}
