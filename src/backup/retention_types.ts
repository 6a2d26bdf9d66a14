import type { Notice } from "../base/messages/mod.ts";

/** Backups over the number to keep that are more than were made since the last pruning. */
export interface PendingRemoval {
  /** Newest first. */
  readonly backup_ids: readonly string[];
  readonly bytes: number;
  /** The first backup after this removes the first of them; `null`: not before the next backup has told of them. */
  readonly removes_at: string | null;
}

/** `GET retention/preview`. */
export interface RetentionPreview {
  readonly backups: readonly (RetentionDecision & { readonly waits_until: string | null })[];
  readonly pending: PendingRemoval | null;
}

/** `POST retention/confirm`: what was removed, and what was named and is not over the number to keep. */
export interface PruneResult {
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

/** Whether retention would keep a backup, and why. */
export interface RetentionDecision {
  readonly backup_id: string;
  readonly action: "keep" | "delete";
  /** `within_count`, `over_count`, `pinned`, `uploaded`, `in_use`, `newest_verified`, `snapshot_within_count`, … */
  readonly reason: string;
  readonly detail: Notice;
  readonly file_size: number;
}
