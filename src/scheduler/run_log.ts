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
    this.#log.info("开始执行自动备份任务");
    this.#log.info(`执行时间: ${localTime(instant, this.#timeZone).replace("T", " ")}`);
  }

  succeeded(result: RunResult): void {
    const megabytes = (result.file_size / (1024 * 1024)).toFixed(2);
    this.#log.info(`自动备份完成: ${result.backup_id}`);
    this.#log.info(`备份大小: ${megabytes} MB`);
    this.#log.info(`包含内容: ${result.includes.join(", ")}`);
  }

  failed(error: unknown, reason: Notice): void {
    // An error nobody expected says nothing for itself: the log gets it whole.
    const fields = isAppError(error) ? {} : { error };
    this.#log.error(`自动备份失败: ${reason.zh}`, fields);
  }

  gaveUp(tries: number): void {
    this.#log.error(`自动备份连续 ${tries} 次失败，不再重试，等待下一次计划`);
  }

  postponed(reason: Notice): void {
    this.#log.info(`自动备份推迟: ${reason.zh}`);
  }

  makingUp(): void {
    this.#log.info("补做一次错过的自动备份");
  }
}

/** Why a run failed, without the words "cannot create the backup", which the line begins with already. */
export function failureReason(error: unknown): Notice {
  const inner = isAppError(error, "backup.create_failed") ? error.details["reason"] : null;
  return noticeOf(inner instanceof Error ? inner : error);
}
