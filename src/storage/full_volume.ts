import process from "node:process";
import { dirname } from "node:path";
import { mountPoint } from "./mount_point.ts";

/** What to tell of a volume that ran full. */
export interface FullVolume {
  readonly volume: string;
  readonly free_bytes: number;
  /** What is used up although there are bytes free: a quota, or the number of files that the volume can hold. */
  readonly limit?: "quota" | "files";
}

/** Nobody writes so much at once: a volume with more than that free is full of something else. */
const ROOM_BYTES = 16 * 1_048_576;

/**
 * Reads, at the moment a write failed for lack of space, on which volume and with how much left.
 *
 * Synchronous, because a moment later the half-written file is gone and its bytes are free again. Never throws:
 * an error is being reported already.
 *
 * @param path The file that could not be written; may be gone.
 * @param osCode What the operating system said, where it was asked.
 * @returns `null` when not even that can be read.
 */
export function readFullVolume(path: string, osCode = "ENOSPC"): FullVolume | null {
  // Loaded here and not above: every thread that may meet an error would pay for all of it at its start.
  const { statfsSync } = process.getBuiltinModule("node:fs");
  for (let candidate = path;; candidate = dirname(candidate)) {
    try {
      const { bavail, bsize, files, ffree } = statfsSync(candidate, { bigint: true });
      const freeBytes = Number(bavail * bsize);
      // Some file systems make room for files as they need it, and count none.
      const isOutOfFiles = files > 0n && ffree === 0n;
      const isQuota = osCode === "EDQUOT" || freeBytes > ROOM_BYTES;
      const limit = isOutOfFiles ? "files" : isQuota ? "quota" : null;
      return {
        volume: mountPoint(candidate),
        free_bytes: freeBytes,
        ...limit === null ? {} : { limit },
      };
    } catch {
      // Gone, or never made: its folder is on the same volume.
      if (dirname(candidate) === candidate) return null;
    }
  }
}
