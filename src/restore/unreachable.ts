import { dirname } from "node:path";
import type { WalkOptions } from "../storage/walk.ts";

/**
 * Collects what a walk through moved covers cannot look at, so that it is kept and not deleted unseen.
 *
 * A folder that was moved out of the way may hold anything: files with names that no call of ours can say, which can only be
 * moved with their folder, and folders of other users.
 */
export class Unreachable implements WalkOptions {
  /** What can be moved, so that everything unseen goes with it; from the root of the walk. */
  readonly paths: string[] = [];

  /** Takes what the walk tells. */
  readonly onUnreadable = (path: string, reason: string): void => {
    const movable = reason === "not_utf8" ? dirname(path) : path.replace(/\/$/, "");
    if (movable !== "." && !this.paths.includes(movable)) this.paths.push(movable);
  };
}
