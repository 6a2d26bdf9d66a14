import type { Logger } from "../base/log.ts";
import type { HeldLock } from "../storage/lock_file.ts";
import { readLockHolder } from "../storage/lock_holder.ts";
import type { RunningJob } from "./running_job.ts";
import type { JobDocument } from "./types.ts";

/** What the holder of the lane says of itself, for other processes to read. */
export interface LaneHolder {
  readonly job: JobDocument;
  readonly uses: readonly string[];
}

/** Least time between two descriptions, in milliseconds. */
export const DESCRIBE_EVERY_MS = 1000;

/**
 * Reads which job holds the lane, in whatever process.
 *
 * @returns `null` when it is free, or held by what is no job.
 * @throws {AppError} `storage.*`
 */
export async function readLaneHolder(lockPath: string): Promise<LaneHolder | null> {
  const text = await readLockHolder(lockPath);
  return text === null ? null : parseHolder(text);
}

/** Says for the first time which job holds the lane. @throws {AppError} `storage.*` */
export async function describeJob(job: RunningJob, lock: HeldLock): Promise<void> {
  await lock.describe(holderText(job));
}

/** Keeps the lock's text true, at most once a second, one write at a time. */
export function describeWhileRunning(
  job: RunningJob,
  lock: HeldLock,
  log: Logger,
): AsyncDisposable {
  let writing: Promise<void> | null = null;
  let writtenAt = -Infinity;
  let uses = -1;
  const watching = job.watch(() => {
    const due = performance.now() - writtenAt >= DESCRIBE_EVERY_MS || job.used.size !== uses;
    if (writing !== null || !due) return;
    writtenAt = performance.now();
    uses = job.used.size;
    writing = lock.describe(holderText(job))
      // The text is a courtesy to other processes; the lock itself does not depend on it.
      .catch((error) => log.debug("job.holder_unsaved", { error }))
      .finally(() => {
        writing = null;
      });
  });
  return {
    [Symbol.asyncDispose]: async () => {
      watching[Symbol.dispose]();
      await writing;
    },
  };
}

function holderText(job: RunningJob): string {
  const holder: LaneHolder = { job: job.document(), uses: [...job.used] };
  return JSON.stringify(holder);
}

function parseHolder(text: string): LaneHolder | null {
  try {
    const value = JSON.parse(text);
    return typeof value?.job?.job_id === "string" && Array.isArray(value.uses) ? value : null;
  } catch (error) {
    // Caught half-written by another process, or empty: nothing is known of the holder.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
