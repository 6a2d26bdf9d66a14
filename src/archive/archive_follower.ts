import { AppError } from "../base/errors.ts";
import type { ContentReport } from "./check_content.ts";
import { followArchive, type FollowNote, type FollowOrder } from "./follow_archive.ts";
import { runWorkerTask } from "./worker_task.ts";
import { WriteMark } from "./write_mark.ts";
import type { FileHashes } from "./types.ts";

/** Options of {@linkcode ArchiveFollower}. */
export interface FollowerOptions {
  /** Whether the content is checked, not only the file hashed. */
  readonly check: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of content were checked since the last call. */
  readonly onChecked?: ((bytes: number) => void) | undefined;
}

/** A smaller archive is read when it is finished, where it is: starting a thread would take longer. */
const INLINE_BYTES = 2 * 1024 * 1024;

/**
 * Reads an archive in a thread of its own while it is being written, a little behind the writer.
 *
 * What it hashes and checks are the bytes that it reads back from the file, not those that the writer holds.
 */
export class ArchiveFollower implements Disposable {
  readonly #order: FollowOrder;
  readonly #options: FollowerOptions;
  readonly #mark = new WriteMark();
  readonly #stop = new AbortController();
  readonly #hashes = Promise.withResolvers<FileHashes>();
  #task: Promise<ContentReport | null> | null = null;

  /** @param path The archive's file, which exists. */
  constructor(path: string, options: FollowerOptions) {
    this.#order = { path, mark: this.#mark.shared, check: options.check };
    this.#options = options;
  }

  /** Says that the file's first `bytes` are in it. */
  wrote(bytes: number): void {
    this.#mark.reach(bytes);
    if (bytes > INLINE_BYTES) this.#task ??= this.#watch(this.#inThread());
  }

  /**
   * Says that nothing more comes, and waits until the file is read to its end.
   *
   * @throws {AppError} `storage.*`, `worker.crashed`; the signal's reason.
   */
  async finish(): Promise<FileHashes> {
    this.#mark.end();
    this.#task ??= this.#watch(followArchive(this.#order, (note) => this.#hear(note)));
    return await this.#hashes.promise;
  }

  /**
   * Waits until everything is checked, after {@linkcode ArchiveFollower.finish}.
   *
   * @returns `null` when nothing was to be checked.
   * @throws {AppError} as {@linkcode ArchiveFollower.finish}.
   */
  async report(): Promise<ContentReport | null> {
    if (this.#task === null) throw new TypeError("the archive is not finished");
    return await this.#task;
  }

  #inThread(): Promise<ContentReport | null> {
    const { signal } = this.#options;
    const stop = this.#stop.signal;
    return runWorkerTask<FollowOrder, FollowNote, ContentReport | null>(
      FOLLOW_WORKER,
      this.#order,
      {
        signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
        onNote: (note) => this.#hear(note),
      },
    );
  }

  /** A failure is told when somebody asks for the outcome. */
  #watch(task: Promise<ContentReport | null>): Promise<ContentReport | null> {
    task.catch((error) => this.#hashes.reject(error));
    this.#hashes.promise.catch(() => {});
    return task;
  }

  #hear(note: FollowNote): void {
    if ("hashes" in note) this.#hashes.resolve(note.hashes);
    else this.#options.onChecked?.(note.checked);
  }

  [Symbol.dispose](): void {
    this.#stop.abort(new AppError("worker.crashed", { found: "stopped" }));
  }
}

const FOLLOW_WORKER = new URL("./follow_worker.ts", import.meta.url);
