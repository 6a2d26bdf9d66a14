import assert from "node:assert/strict";
import type { RestoreRequest } from "../../src/backup/types.ts";
import { RESTORE_MOMENTS, type RestoreMoment } from "../../src/restore/moments.ts";
import type { RestoreStory } from "./restore_story.ts";

/** The moments of a rollback. */
export const WAY_BACK = RESTORE_MOMENTS.slice(RESTORE_MOMENTS.indexOf("rolling_back"));

/** Restores in a child whose config cannot be written, so that it goes back by itself, and kills it there. */
export async function killOnWayBack(
  story: RestoreStory,
  moment: RestoreMoment,
  request: Partial<RestoreRequest> = {},
): Promise<void> {
  const child = await story.restoreInChild({
    request,
    failAt: "restore.config_written",
    // The first file is not the one that the story changes.
    failCount: 2,
    killAt: `restore.${moment}`,
    // In the middle of many.
    killCount: moment === "file_returned" ? 5 : 1,
  });
  assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
}
