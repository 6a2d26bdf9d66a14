import {
  type ConfigDifference,
  differingKeys,
  flattenConfig,
  showConfigValue,
} from "./diff_config.ts";
import { editConfigText } from "./edit_config_text.ts";
import { parseConfigText } from "./read.ts";

/**
 * Keys that describe the machine rather than the library: addresses, paths, secrets. A restored config
 * keeps this machine's.
 */
export const MACHINE_KEYS: readonly string[] = [
  "server",
  "database",
  "directories",
  "security",
  "timezone",
  "backup.backup_path",
  "backup.state_file",
];

/** A restored configuration, adapted. */
export interface MergedConfig {
  /** What to write. */
  readonly text: string;
  /** Key paths at which the backup had another value and this machine's stayed. */
  readonly keptKeys: readonly string[];
  /** Every difference between the live file (`before`) and the backup (`after`); secrets masked. */
  readonly changed: readonly (ConfigDifference & {
    /** `true`: the live value stays, whatever the backup says. */
    readonly kept: boolean;
  })[];
}

/**
 * Takes the backup's configuration but for the keys that stay this machine's.
 *
 * Where those are equal in both, the result is the backup's text byte for byte. Otherwise its comments and
 * order are kept and only the differing values change.
 *
 * @throws {AppError} `config.unreadable` when either does not parse.
 */
export function mergeMachineKeys(backupText: string, liveText: string): MergedConfig {
  const backup = flattenConfig(parseConfigText(backupText, "config.yaml"));
  const live = flattenConfig(parseConfigText(liveText, "config.yaml"));
  const keys = differingKeys(live, backup);
  const keptKeys = keys.filter(isMachineKey);
  const edits = new Map(keptKeys.map((key) => [key, live.get(key)]));
  return {
    text: edits.size === 0 ? backupText : editConfigText(backupText, edits),
    keptKeys,
    changed: keys.map((key) => ({
      key,
      before: showConfigValue(key, live.get(key)),
      after: showConfigValue(key, backup.get(key)),
      kept: isMachineKey(key),
    })),
  };
}

function isMachineKey(key: string): boolean {
  return MACHINE_KEYS.some((machine) => key === machine || key.startsWith(`${machine}.`));
}
