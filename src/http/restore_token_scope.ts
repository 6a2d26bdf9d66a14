import { BASE } from "./environment.ts";

/** Undos remembered; a restore token lasts a day and few restores happen in one. */
const MAX_UNDOS = 100;

/**
 * Knows what a restore's own token opens: that job, its undo, and the undo's job once it has been started with it.
 *
 * After a restore the library's users may be others, and the person who asked must still see how it ended.
 */
export class RestoreTokenScope {
  /** The undo's job by the restore's. */
  readonly #undos = new Map<string, string>();

  /** Tells whether the token of the restore `jobId` is enough for a request. */
  allows(jobId: string, method: string, path: string): boolean {
    if (method === "POST") return path === `${BASE}/restore/undo`;
    return [jobId, this.#undos.get(jobId)].some((known) =>
      known !== undefined &&
      (path === `${BASE}/jobs/${known}` || path === `${BASE}/jobs/${known}/events`)
    );
  }

  /** Remembers that the undo `undoJobId` was started with the token of the restore `jobId`. */
  undoStarted(jobId: string, undoJobId: string): void {
    this.#undos.set(jobId, undoJobId);
    const oldest = this.#undos.keys().next().value;
    if (this.#undos.size > MAX_UNDOS && oldest !== undefined) this.#undos.delete(oldest);
  }
}
