import { join } from "node:path";
import { fromOsError } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import type { PruningState } from "./plan_pruning.ts";

/** In the store. */
const STATE_FILE = ".shuku-retention.json";
const NOTHING: PruningState = { pruned_at: null, waiting: {} };

/**
 * Reads what is remembered of the last pruning. A file that is absent or damaged remembers nothing: more than usual then
 * waits for a day.
 *
 * @param folder The folder of backups.
 * @throws {AppError} `storage.*`
 */
export async function readPruningState(folder: string): Promise<PruningState> {
  const path = join(folder, STATE_FILE);
  try {
    return checkState(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return NOTHING;
    throw fromOsError(error, path);
  }
}

/** Remembers a pruning. @throws {AppError} `storage.*` */
export async function writePruningState(folder: string, state: PruningState): Promise<void> {
  await writeAtomic(join(folder, STATE_FILE), `${JSON.stringify(state, null, 1)}\n`, {
    mode: 0o600,
  });
}

function checkState(value: unknown): PruningState {
  if (typeof value !== "object" || value === null) return NOTHING;
  const { pruned_at, waiting } = value as Record<string, unknown>;
  const entries = typeof waiting === "object" && waiting !== null ? Object.entries(waiting) : [];
  return {
    pruned_at: typeof pruned_at === "string" ? pruned_at : null,
    waiting: Object.fromEntries(entries.filter(([, since]) => typeof since === "string")),
  };
}
