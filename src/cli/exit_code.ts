import { AppError, type ErrorCode } from "../base/errors.ts";

/** What the process ends with; scripts rely on the numbers. */
export const EXIT = { done: 0, failed: 1, usage: 2, busy: 3, interrupted: 130 } as const;

/** Chooses the exit code for an error; anything unknown is `failed`. */
export function exitCodeOf(error: unknown): number {
  return (error instanceof AppError ? CODES[error.code] : undefined) ?? EXIT.failed;
}

const CODES: Partial<Readonly<Record<ErrorCode, number>>> = {
  "cli.usage": EXIT.usage,
  "config.invalid": EXIT.usage,
  "config.unreadable": EXIT.usage,
  "schedule.invalid": EXIT.usage,
  "schedule.never_runs": EXIT.usage,
  "job.busy": EXIT.busy,
  "restore.in_progress": EXIT.busy,
  "upload.busy": EXIT.busy,
  "job.cancelled": EXIT.interrupted,
};
