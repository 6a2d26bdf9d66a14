import { localTime } from "../base/clock.ts";
import { isAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";

/** What a successful run tells. */
export interface RunResult {
  readonly backup_id: string;
  /** Bytes. */
  readonly file_size: number;
  readonly checksum: string;
  readonly includes: readonly Part[];
  readonly file_path: string;
  readonly description: string;
}

/** Writes the lines of one run, as administrators of the library know them. */
export class RunLog {
  readonly #log: Logger;
  readonly #timeZone: string;

  constructor(log: Logger, timeZone: string) {
    this.#log = log;
    this.#timeZone = timeZone;
  }

  started(instant: number): void {
    this.#log.info("auto_backup.started");
    const at = localTime(instant, this.#timeZone).replace("T", " ");
    this.#log.info("auto_backup.time", { at });
  }

  succeeded({ backup_id, file_size, includes }: RunResult): void {
    const megabytes = (file_size / (1024 * 1024)).toFixed(2);
    this.#log.info("auto_backup.completed", { backup_id });
    this.#log.info("auto_backup.size", { megabytes });
    this.#log.info("auto_backup.includes", { includes });
  }

  failed(error: unknown, reason: Notice): void {
    // An error nobody expected says nothing for itself: the log gets it whole.
    const fields = isAppError(error) ? {} : { error };
    this.#log.error("auto_backup.failed", { reason, ...fields });
  }

  gaveUp(tries: number): void {
    this.#log.error("auto_backup.gave_up", { tries });
  }

  postponed(reason: Notice): void {
    this.#log.info("auto_backup.postponed", { reason });
  }

  makingUp(): void {
    this.#log.info("auto_backup.making_up");
  }
}

/** Why a run failed, without the words "cannot create the backup", which the line begins with already. */
export function failureReason(error: unknown): Notice {
  const inner = isAppError(error, "backup.create_failed") ? error.details["reason"] : null;
  return noticeOf(inner instanceof Error ? inner : error);
}
