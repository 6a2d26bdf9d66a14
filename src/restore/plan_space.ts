import { dirname } from "node:path";
import { AppError } from "../base/errors.ts";
import type { Config, Part } from "../config/types.ts";
import { readFreeSpace, reserveBytes } from "../storage/free_space.ts";
import type { Refusal } from "./judge_database.ts";
import type { LiveFacts, RestoreOrder } from "./plan.ts";
import type { FilesPlan } from "./plan_files.ts";

/** What a restore needs on one volume, the reserve included, and what is free there. */
export interface VolumeNeed {
  readonly volume: string;
  readonly neededBytes: number;
  /** The part of it that is only kept free. */
  readonly reserveBytes: number;
  readonly freeBytes: number;
}

/** What the need is computed from. */
export interface SpaceFacts {
  readonly config: Config;
  readonly order: RestoreOrder;
  readonly parts: readonly Part[];
  readonly live: LiveFacts;
  readonly databaseBytes: number;
  readonly files: readonly FilesPlan[];
}

/** Journal, lists, copies of config files. */
const SMALL_THINGS_BYTES = 1024 * 1024;
/** A file takes whole blocks, and its name room in a folder. */
const PER_FILE_BYTES = 4096;

/**
 * Adds up, volume by volume, what a restore writes before it is done: staging, the snapshot with its scratch
 * copy, and SQLite's own log, which takes the whole new content.
 */
export async function planSpace(facts: SpaceFacts): Promise<VolumeNeed[]> {
  const { config, order, parts, live } = facts;
  const needs = new Map<string, number>();
  const add = (path: string, bytes: number) => needs.set(path, (needs.get(path) ?? 0) + bytes);
  add(dirname(config.database.path), SMALL_THINGS_BYTES);
  if (parts.includes("database")) {
    const log = Math.max(facts.databaseBytes, live.databaseBytes);
    const old = order.createSnapshot ? 0 : live.databaseBytes;
    add(dirname(config.database.path), facts.databaseBytes + log + old);
  }
  for (const { path, bytes, count } of facts.files.flatMap(({ folders }) => folders)) {
    add(path, bytes + count * PER_FILE_BYTES + SMALL_THINGS_BYTES);
  }
  if (order.createSnapshot) {
    const copies = parts.includes("database") ? 2 * live.databaseBytes : 0;
    add(config.backup.path, copies + live.fileBytes + SMALL_THINGS_BYTES);
  }
  // A few settings are put back however full the disk is.
  const isSmall = parts.every((part) => part === "config");
  return await byVolume(needs, isSmall ? 0 : config.backup.reserveBytes);
}

/** One refusal for each volume without room. */
export function spaceRefusals(space: readonly VolumeNeed[]): Refusal[] {
  return space.filter(({ neededBytes, freeBytes }) => neededBytes > freeBytes)
    .map(({ volume, neededBytes, reserveBytes, freeBytes }) => ({
      error: new AppError("space.insufficient", {
        volume,
        needed_bytes: neededBytes,
        reserve_bytes: reserveBytes,
        free_bytes: freeBytes,
      }),
      force: false,
    }));
}

async function byVolume(
  needs: ReadonlyMap<string, number>,
  configured: number | null,
): Promise<VolumeNeed[]> {
  const volumes = new Map<string, VolumeNeed>();
  for (const [path, bytes] of needs) {
    const space = await readFreeSpace(path);
    const reserve = reserveBytes(space, configured);
    volumes.set(space.volume, {
      volume: space.volume,
      neededBytes: bytes + (volumes.get(space.volume)?.neededBytes ?? reserve),
      reserveBytes: reserve,
      freeBytes: space.freeBytes,
    });
  }
  return [...volumes.values()];
}
