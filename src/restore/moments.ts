import { failPoint } from "../base/fail_point.ts";

/**
 * Every moment of a restore at which the process may be killed and nothing may be lost.
 *
 * A test loops over this list, so a moment that is not in it does not compile. Each is reported as the fail
 * point `restore.<moment>`.
 */
export const RESTORE_MOMENTS = [
  // Before "committed": a stop here leaves no trace.
  "planned",
  "staging_made",
  "unpacking",
  "unpacked",
  "staged",
  "snapshot_taken",
  "saved",
  "old_copied",
  "marked",
  // After it: a stop here is completed by recover().
  "committed",
  "database_locked",
  "database_written",
  "database_applied",
  "file_out",
  "file_in",
  "files_placed",
  "surplus_out",
  "files_swapped",
  "covers_applied",
  "extra_applied",
  "config_written",
  "config_applied",
  "applied",
  "settled",
  "outcome_written",
  "recorded",
  "done",
  "staging_removed",
  "finished",
  // When a later step cannot be done: the way back, repeatable like the way there.
  "rolling_back",
  "config_returned",
  "file_returned",
  "extra_returned",
  "covers_returned",
  "database_kept",
  "database_return_planned",
  "database_returned",
  "rolled_back",
] as const;

/** One of {@linkcode RESTORE_MOMENTS}. */
export type RestoreMoment = typeof RESTORE_MOMENTS[number];

/** The fail points of this room, as {@linkcode failPoint} names them. */
export const RESTORE_FAIL_POINTS: readonly string[] = RESTORE_MOMENTS.map((name) =>
  `restore.${name}`
);

/** Marks a moment. */
export function atMoment(moment: RestoreMoment): void {
  failPoint(`restore.${moment}`);
}
