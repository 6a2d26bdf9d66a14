import { basename } from "node:path";
import { isLeftByOthers } from "../archive/left_by_others.ts";
import type { ArchiveEntry } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { configTarget, probeConfigTarget } from "./config_files.ts";
import type { Refusal } from "./judge_database.ts";
import { namingFault, type Unplaced, unplacedWarnings } from "./unplaced.ts";

/** A config file of an archive, and where it goes. */
export interface PlacedConfig {
  readonly entry: ArchiveEntry;
  readonly name: string;
  readonly target: string;
  /** It is this service's own configuration. */
  readonly isOurs: boolean;
}

/** Where the config files of an archive go, and which have no place. */
export interface ConfigPlan {
  readonly placed: readonly PlacedConfig[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
}

/**
 * Finds the places of an archive's config files: one that has none here costs itself alone.
 *
 * @param options `isAlone`: nothing else is restored, so that a restore without any of it would be none.
 */
export async function placeConfig(
  entries: readonly ArchiveEntry[],
  config: Config,
  { isAlone }: { isAlone: boolean },
): Promise<ConfigPlan> {
  const placed: PlacedConfig[] = [];
  const skipped: string[] = [];
  const refusals: Refusal[] = [];
  const unplaced: Unplaced[] = [];
  const folders: AppError[] = [];
  for (const entry of entries) {
    if (isLeftByOthers(entry.path)) continue;
    const name = entry.path.slice("config/".length);
    const target = await configTarget(name, config);
    if (target === null) {
      skipped.push(entry.path);
      continue;
    }
    const isOurs = await isOwnConfig(target, config.path);
    const error = await tryConfigTarget(target);
    if (isAppError(error, "storage.is_folder")) {
      folders.push(error);
      continue;
    }
    const reason = error === null ? null : namingFault(error);
    if (reason !== null && (NAME_ALONE.includes(reason) || !isOurs)) {
      unplaced.push({ path: entry.path, reason });
      continue;
    }
    placed.push({ entry, name, target, isOurs });
    if (error !== null) refusals.push({ error, force: false });
  }
  const [folder] = folders;
  if (isAlone && placed.length === 0 && folder !== undefined) {
    refusals.push({ error: folder, force: false });
  }
  const warnings = [
    ...skippedWarnings(skipped),
    ...unplacedWarnings(unplaced),
    ...folders.map(inTheWayWarning),
  ];
  return { placed, refusals, warnings };
}

/** What a disk answers for a name that it does not take, and for nothing else. */
const NAME_ALONE = ["EINVAL", "EILSEQ", "ENAMETOOLONG", "ENOENT"];

async function tryConfigTarget(target: string): Promise<AppError | null> {
  try {
    await probeConfigTarget(target);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function isOwnConfig(target: string, own: string | null): Promise<boolean> {
  if (own === null) return basename(target) === "config.yaml";
  return target === own || target === await Deno.realPath(own).catch(() => own);
}

/** Says what stands where something would be restored to. */
export function inTheWayWarning(error: AppError): Notice {
  const { zh, en } = noticeOf(error);
  return { zh: `未恢复: ${zh}`, en: `Not restored: ${en}` };
}

function skippedWarnings(skipped: readonly string[]): Notice[] {
  if (skipped.length === 0) return [];
  const names = skipped.slice(0, 10).join(", ");
  return [{
    zh: `以下配置文件不属于本机，未恢复: ${names}`,
    en: `These config files do not belong to this machine and are not restored: ${names}`,
  }];
}
