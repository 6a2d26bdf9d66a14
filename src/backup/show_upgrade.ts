import type { SchemaUpgrade } from "../database/mod.ts";
import type { SchemaUpgradeDocument } from "./types.ts";

const MAX_NAMES = 500;

/** Shows what was added to a backup's database, and what could not be. */
export function showUpgrade({ added, notAdded }: SchemaUpgrade): SchemaUpgradeDocument {
  return {
    added: added.slice(0, MAX_NAMES),
    missing: notAdded.slice(0, MAX_NAMES).map(({ name, found }) => ({ name, reason: found })),
  };
}
