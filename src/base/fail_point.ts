/**
 * Named places where a test may stop the process, to prove that stopping there loses nothing.
 *
 * In the product a fail point does nothing: only test entry points install a handler.
 *
 * @module
 */

/** Called at every fail point with its name; may end the process or throw. */
export type FailPointHandler = (name: string) => void;

let handler: FailPointHandler | null = null;

/** Installs the handler of a test run; `null` removes it. */
export function installFailPoints(next: FailPointHandler | null): void {
  handler = next;
}

/** Marks a moment at which a stop must be survivable. Names read `room.moment`. */
export function failPoint(name: string): void {
  if (handler !== null) handler(name);
}
