import type { Clock } from "../base/clock.ts";
import { utcTime } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { RecordLog } from "./record_log.ts";

/** One line of the audit: who did what to what, when, with what result. */
export interface AuditDocument {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly actor: string;
  /** Such as `backup.create`, `restore`, `sign_in`. */
  readonly action: string;
  /** A backup's id, a user's name, a schedule. */
  readonly target: string | null;
  readonly result: "ok" | "refused" | "failed";
  readonly detail: string | null;
  /** Address of the peer, when it came over the network. */
  readonly peer: string | null;
}

/** What the caller knows of an act. */
export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly target?: string | null;
  readonly result: "ok" | "refused" | "failed";
  readonly detail?: string | null;
  readonly peer?: string | null;
}

/** Keeps who changed what. Bounded: the oldest rows go first. */
export class Audit {
  readonly #rows: RecordLog<AuditDocument>;
  readonly #clock: Clock;
  readonly #log: Logger;

  /** @param options `path`: the file that keeps the rows. */
  constructor(options: { path: string; clock: Clock; log: Logger }) {
    this.#rows = new RecordLog(options.path, isAuditDocument);
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Adds a row. A full or broken disk never stops the act itself: the log has the row in any case. */
  async record(entry: AuditEntry): Promise<void> {
    const row: AuditDocument = {
      at: utcTime(this.#clock.now()),
      actor: bounded(entry.actor),
      action: entry.action,
      target: entry.target === undefined || entry.target === null ? null : bounded(entry.target),
      result: entry.result,
      detail: entry.detail === undefined || entry.detail === null ? null : bounded(entry.detail),
      peer: entry.peer ?? null,
    };
    this.#log.info("audit.recorded", { ...row });
    try {
      await this.#rows.append(row);
    } catch (error) {
      this.#log.error("audit.unsaved", { error });
    }
  }

  /** Newest first, at most `limit` (default 500). */
  async list(options: { limit?: number } = {}): Promise<AuditDocument[]> {
    return (await this.#rows.read()).slice(-(options.limit ?? 500)).reverse();
  }
}

function bounded(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function isAuditDocument(value: unknown): value is AuditDocument {
  return typeof value === "object" && value !== null && "at" in value && "actor" in value &&
    "action" in value;
}
