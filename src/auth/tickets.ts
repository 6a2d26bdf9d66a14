import { randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";

/** A download must begin within this time of asking for its link. */
const BEGIN_WITHIN_SECONDS = 60;
/** And may be resumed, by ranges of the same file, for this long. */
const RESUME_WITHIN_SECONDS = 3600;
/** Links kept in memory; the oldest goes first. */
const MAX_TICKETS = 1000;

interface Ticket {
  readonly backupId: string;
  readonly issuedAt: number;
  etag: string | null;
  begunAt: number | null;
}

/** A request that shows a ticket. */
export interface TicketUse {
  readonly backupId: string;
  /** The file's present validator. */
  readonly etag: string;
  readonly method: "GET" | "HEAD";
  /** Whether the request asks for a part of the file (`Range`). */
  readonly isRange: boolean;
}

/**
 * One-use download links: 128 random bits, good for one backup and nothing else.
 *
 * A link must be begun within a minute. The first `GET` spends it, whole file or range; after that it serves
 * ranges of the same, unchanged file for an hour, so that a broken download resumes. `HEAD` spends nothing.
 */
export class Tickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, Ticket>();

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  /**
   * Makes a link's secret.
   *
   * @param etag The file's validator now: a link is void for another file under the same id.
   */
  issue(backupId: string, etag?: string): { ticket: string; expiresIn: number } {
    const ticket = randomBytes(16).toString("base64url");
    const issuedAt = this.#clock.elapsed();
    this.#tickets.set(ticket, { backupId, issuedAt, etag: etag ?? null, begunAt: null });
    const oldest = this.#tickets.keys().next().value;
    if (this.#tickets.size > MAX_TICKETS && oldest !== undefined) this.#tickets.delete(oldest);
    return { ticket, expiresIn: BEGIN_WITHIN_SECONDS };
  }

  /** Lets one request pass. @throws {AppError} `auth.invalid_ticket`, for every reason alike. */
  redeem(ticket: string, use: TicketUse): void {
    const known = this.#tickets.get(ticket);
    const now = this.#clock.elapsed();
    if (known === undefined || !isGood(known, use, now)) throw new AppError("auth.invalid_ticket");
    if (use.method === "HEAD") return;
    known.begunAt ??= now;
    known.etag ??= use.etag;
  }
}

function isGood(ticket: Ticket, use: TicketUse, now: number): boolean {
  if (ticket.backupId !== use.backupId) return false;
  if (ticket.etag !== null && ticket.etag !== use.etag) return false;
  if (ticket.begunAt === null) return now - ticket.issuedAt <= BEGIN_WITHIN_SECONDS * 1000;
  const isInTime = now - ticket.begunAt <= RESUME_WITHIN_SECONDS * 1000;
  return isInTime && (use.isRange || use.method === "HEAD");
}
