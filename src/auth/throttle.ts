import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";

/** A peer's mistakes before each further one costs time. */
const FREE_FAILURES = 4;
/** The longest wait after a failure; nobody is ever locked out for longer. */
const MAX_WAIT_MS = 30_000;
/** A peer that stays quiet this long starts afresh. */
const FORGET_AFTER_MS = 15 * 60_000;
/** Failures of all peers together, within a minute, before unknown peers queue up. */
const GLOBAL_FAILURES = 60;
const GLOBAL_WINDOW_MS = 60_000;
const GLOBAL_WAIT_MS = 1000;
/** Peers kept in memory; the longest silent one is forgotten first. */
const MAX_PEERS = 10_000;

interface Peer {
  failures: number;
  at: number;
}

/**
 * Slows down the guessing of passwords, per peer and over all peers, without ever locking anybody out.
 *
 * Each failure after the first few doubles the wait until the next attempt, up to half a minute; attempts
 * made while waiting are refused and do not prolong it. A peer that has signed in before is spared the
 * common limit, so strangers cannot keep the administrator out. Measures time by a clock that cannot jump.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #peers = new Map<string, Peer>();
  readonly #trusted = new Set<string>();
  #globalFailures: number[] = [];
  #lastGlobalAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Lets an attempt begin. It counts as failed until {@linkcode Throttle.succeed} says otherwise, so many
   * attempts at once gain nothing.
   *
   * @throws {AppError} `auth.too_many_attempts` with `retry_after`, in whole seconds.
   */
  begin(address: string): void {
    const key = peerKey(address);
    const now = this.#clock.elapsed();
    const wait = Math.max(this.#peerWait(key, now), this.#globalWait(key, now));
    if (wait > 0) {
      throw new AppError("auth.too_many_attempts", { retry_after: Math.ceil(wait / 1000) });
    }
    const known = this.#peers.get(key);
    const failures = known === undefined || now - known.at > FORGET_AFTER_MS ? 0 : known.failures;
    // Deleted first, so that the map stays ordered by the last attempt.
    this.#peers.delete(key);
    this.#peers.set(key, { failures: failures + 1, at: now });
    dropOldest(this.#peers, MAX_PEERS);
    this.#globalFailures.push(now);
    if (this.#globalFailures.length > GLOBAL_FAILURES) this.#globalFailures.shift();
    this.#lastGlobalAt = now;
  }

  /** Forgives a peer whose password was right. */
  succeed(address: string): void {
    const key = peerKey(address);
    this.#peers.delete(key);
    this.#globalFailures.pop();
    this.#trusted.delete(key);
    this.#trusted.add(key);
    dropOldest(this.#trusted, MAX_PEERS);
  }

  #peerWait(key: string, now: number): number {
    const peer = this.#peers.get(key);
    if (peer === undefined || peer.failures <= FREE_FAILURES) return 0;
    const wait = Math.min(1000 * 2 ** (peer.failures - FREE_FAILURES - 1), MAX_WAIT_MS);
    return peer.at + wait - now;
  }

  #globalWait(key: string, now: number): number {
    const oldest = this.#globalFailures[0] ?? -Infinity;
    const isAttack = this.#globalFailures.length >= GLOBAL_FAILURES &&
      now - oldest < GLOBAL_WINDOW_MS;
    return isAttack && !this.#trusted.has(key) ? this.#lastGlobalAt + GLOBAL_WAIT_MS - now : 0;
  }
}

/** One person holds a whole /64 of IPv6: its addresses count as one peer. */
function peerKey(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const after = tail === undefined ? [] : tail.split(":").filter((group) => group !== "");
  while (tail !== undefined && groups.length + after.length < 8) groups.push("0");
  return [...groups, ...after].slice(0, 4).map((group) => parseInt(group, 16).toString(16))
    .join(":");
}

function dropOldest(entries: Map<string, unknown> | Set<string>, limit: number): void {
  if (entries.size <= limit) return;
  const oldest = entries.keys().next().value;
  if (oldest !== undefined) entries.delete(oldest);
}
