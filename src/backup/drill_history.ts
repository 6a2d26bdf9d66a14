import type { Logger } from "../base/log.ts";
import { RecordLog } from "../jobs/record_log.ts";
import type { DrillOutcome } from "./types.ts";

/**
 * Remembers how restore drills went, whichever process ran them.
 *
 * Apart from the backups' own records: a drill that failed is still told when its backup is gone.
 */
export class DrillHistory {
  readonly #rows: RecordLog<DrillOutcome>;
  readonly #log: Logger;

  /** @param options `path`: the file that keeps the outcomes. */
  constructor(options: { path: string; log: Logger }) {
    this.#rows = new RecordLog(options.path, isDrillOutcome);
    this.#log = options.log;
  }

  /** Adds the outcome of a drill. A full disk costs the row, not the drill: the log has the outcome too. */
  async record(outcome: DrillOutcome): Promise<void> {
    try {
      await this.#rows.append(outcome);
    } catch (error) {
      this.#log.warn("drill.unsaved", { backup_id: outcome.backup_id, error });
    }
  }

  /** The outcome of the last drill; `null` before any. */
  async last(): Promise<DrillOutcome | null> {
    return (await this.#rows.read()).at(-1) ?? null;
  }
}

function isDrillOutcome(value: unknown): value is DrillOutcome {
  return typeof value === "object" && value !== null && "backup_id" in value && "result" in value &&
    "at" in value;
}
