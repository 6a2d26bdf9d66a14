import { setPriority } from "node:os";

/** Niceness of background threads: half of the way down. */
const NICENESS = 10;

let isLowered = false;

/** Whether the calling thread has lowered its priority: there is no way back. */
export function isPriorityLowered(): boolean {
  return isLowered;
}

/**
 * Lets the calling thread yield to the library: its CPU share, and with it its share of the disk, comes after
 * that of ordinary threads.
 *
 * Linux only, where niceness belongs to a thread; elsewhere it would slow the whole process and nothing is
 * done. Without the permission to set it (`--allow-sys=setPriority`) the thread stays as it is.
 *
 * @see https://man7.org/linux/man-pages/man2/setpriority.2.html "C library/kernel differences"
 */
export function lowerPriority(): void {
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(0, NICENESS);
    isLowered = true;
  } catch (error) {
    // Politeness is not worth failing for.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
