import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AppError } from "../base/errors.ts";
import { fileSystemName, isRemoteFileSystem } from "./file_system_names.ts";
import { mountPoint } from "./mount_point.ts";
import { fromOsError, isOsError } from "./os_error.ts";

/** One volume and what is left on it, for a process that is not root. */
export interface FreeSpace {
  /** The mount point as far as device numbers tell: the topmost folder on the same device. */
  readonly volume: string;
  /** What a process that is not root may still write. */
  readonly freeBytes: number;
  /** The size of the volume. */
  readonly totalBytes: number;
  /** Such as `ext4`; `0x…` when unknown. */
  readonly fileSystem: string;
  /** On a network or FUSE mount, where locks and flushes may promise more than they keep. */
  readonly isNetwork: boolean;
}

const GIB = 1024 ** 3;

/**
 * Reads how much room is left on the volume that holds `path`.
 *
 * @param path Need not exist: its nearest existing ancestor is asked.
 * @throws {AppError} `storage.permission`, `storage.failed`.
 */
export async function readFreeSpace(path: string): Promise<FreeSpace> {
  const existing = await nearestExisting(resolve(path));
  try {
    const facts = await statfs(existing, { bigint: true });
    const { type, bsize, bavail, blocks } = facts;
    return {
      volume: mountPoint(existing),
      freeBytes: Number(bavail * bsize),
      totalBytes: Number(blocks * bsize),
      fileSystem: fileSystemName(type),
      isNetwork: isRemoteFileSystem(type),
    };
  } catch (error) {
    throw fromOsError(error, existing);
  }
}

/**
 * The bytes that a job must leave free.
 *
 * @param configured From the configuration; `null`: 1 GiB or 5 % of the volume, the smaller.
 */
export function reserveBytes(space: FreeSpace, configured: number | null): number {
  return configured ?? Math.min(GIB, Math.floor(space.totalBytes * 0.05));
}

/**
 * Refuses work that would fill a volume.
 *
 * @param path Where the work writes; need not exist.
 * @param neededBytes What the work adds, without the reserve.
 * @param options `reserveBytes`: as configured; see {@linkcode reserveBytes}.
 * @returns The volume's figures.
 * @throws {AppError} `space.insufficient` with `volume`, `needed_bytes` (the reserve included), `reserve_bytes` and
 * `free_bytes`.
 */
export async function checkSpace(
  path: string,
  neededBytes: number,
  options: { reserveBytes: number | null },
): Promise<FreeSpace> {
  const space = await readFreeSpace(path);
  requireSpace(space, neededBytes, options);
  return space;
}

/**
 * Refuses work that would have filled a volume as it was.
 *
 * @returns The bytes that must be free, the reserve included.
 * @throws {AppError} As {@linkcode checkSpace}.
 */
export function requireSpace(
  space: FreeSpace,
  neededBytes: number,
  options: { reserveBytes: number | null },
): number {
  const reserve = reserveBytes(space, options.reserveBytes);
  const needed = neededBytes + reserve;
  if (needed > space.freeBytes) {
    throw new AppError("space.insufficient", {
      volume: space.volume,
      needed_bytes: needed,
      reserve_bytes: reserve,
      free_bytes: space.freeBytes,
    });
  }
  return needed;
}

async function nearestExisting(path: string): Promise<string> {
  let candidate = path;
  while (true) {
    try {
      return await Deno.realPath(candidate);
    } catch (error) {
      const parent = dirname(candidate);
      if (!isOsError(error, "ENOENT", "ENOTDIR") || parent === candidate) {
        throw fromOsError(error, candidate);
      }
      candidate = parent;
    }
  }
}
