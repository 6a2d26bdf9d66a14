import { join } from "node:path";
import { fromOsError } from "../storage/os_error.ts";
import { writeAtomic } from "../storage/write_atomic.ts";
import type { PruningState } from "./plan_pruning.ts";

/** In the store. */
const STATE_FILE = ".shuku-retention.json";
const NOTHING: PruningState = { pruned_at: null, waiting: {} };

/** What is remembered of each library that keeps its backups here. */
type States = Readonly<Record<string, unknown>>;

/**
 * Reads what is remembered of a library's last pruning. A file that is absent or damaged remembers nothing: more than
 * usual then waits for a day.
 *
 * @param folder The folder of backups.
 * @throws {AppError} `storage.*`
 */
export async function readPruningState(
  folder: string,
  libraryId: string | null,
): Promise<PruningState> {
  return checkState((await readStates(folder))[libraryId ?? ""]);
}

/** Remembers a pruning; with the lane held. @throws {AppError} `storage.*` */
export async function writePruningState(
  folder: string,
  libraryId: string | null,
  state: PruningState,
): Promise<void> {
  const states = { ...await readStates(folder), [libraryId ?? ""]: state };
  await writeAtomic(join(folder, STATE_FILE), `${JSON.stringify(states, null, 1)}\n`, {
    mode: 0o600,
  });
}

async function readStates(folder: string): Promise<States> {
  const path = join(folder, STATE_FILE);
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    return typeof value === "object" && value !== null ? value as States : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Deno.errors.NotFound) return {};
    throw fromOsError(error, path);
  }
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
