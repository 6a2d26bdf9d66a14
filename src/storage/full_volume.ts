import process from "node:process";
import { dirname } from "node:path";
import { mountPoint } from "./mount_point.ts";

/** What to tell of a volume that ran full. */
export interface FullVolume {
  readonly volume: string;
  readonly free_bytes: number;
}

/**
 * Reads, at the moment a write failed for lack of space, on which volume and with how much left.
 *
 * Synchronous, because a moment later the half-written file is gone and its bytes are free again. Never throws:
 * an error is being reported already.
 *
 * @param path The file that could not be written; may be gone.
 * @returns `null` when not even that can be read.
 */
export function readFullVolume(path: string): FullVolume | null {
  // Loaded here and not above: every thread that may meet an error would pay for all of it at its start.
  const { statfsSync } = process.getBuiltinModule("node:fs");
  for (let candidate = path;; candidate = dirname(candidate)) {
    try {
      const { bavail, bsize } = statfsSync(candidate, { bigint: true });
      return { volume: mountPoint(candidate), free_bytes: Number(bavail * bsize) };
    } catch {
      // Gone, or never made: its folder is on the same volume.
      if (dirname(candidate) === candidate) return null;
    }
  }
}
