import { isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { diffConfig } from "./diff_config.ts";
import { type MergedConfig, mergeMachineKeys } from "./machine_keys.ts";
import { decodeConfig, parseConfig } from "./read.ts";

/** A configuration of a backup, made ready to take the live one's place. */
export interface AdaptedConfig {
  /** What to write. */
  readonly bytes: Uint8Array;
  readonly changed: MergedConfig["changed"];
  /** What is wrong with the live file, which then counts as none. */
  readonly liveProblem: Notice | null;
}

/**
 * Adapts a backup's configuration to this machine; see {@linkcode mergeMachineKeys}.
 *
 * A live file that cannot be read, or that says nothing, has nothing to keep: the backup's is taken as it is.
 *
 * @param options `machineKeys`: take the backup's values of this machine's keys, too.
 * @throws {AppError} `config.unreadable` when the backup's does not parse; `config.not_separable`.
 */
export function adaptConfig(
  backup: Uint8Array,
  live: Uint8Array | null,
  { machineKeys }: { readonly machineKeys: boolean },
): AdaptedConfig {
  const backupText = decodeConfig(backup, "config.yaml");
  parseConfig(backupText, "config.yaml");
  const { text: liveText, problem } = readLive(live);
  if (machineKeys || liveText === null) {
    const changed = diffConfig(liveText ?? "", backupText).map((row) => ({ ...row, kept: false }));
    return { bytes: backup, changed, liveProblem: problem };
  }
  const { text, changed } = mergeMachineKeys(backupText, liveText);
  return { bytes: new TextEncoder().encode(text), changed, liveProblem: null };
}

function readLive(live: Uint8Array | null): { text: string | null; problem: Notice | null } {
  if (live === null) return { text: null, problem: null };
  try {
    const text = decodeConfig(live, "config.yaml");
    const saysNothing = parseConfig(text, "config.yaml").root.entries.size === 0;
    return { text: saysNothing ? null : text, problem: null };
  } catch (error) {
    if (!isAppError(error, "config.unreadable")) throw error;
    return { text: null, problem: sayProblem(noticeOf(error)) };
  }
}

function sayProblem({ zh, en }: Notice): Notice {
  return {
    zh:
      `现有的配置文件无法读取，视为没有: 其中本机的端口、路径、密钥等不能保留，一并采用备份中的（${zh}）`,
    en:
      `The live config file cannot be read and counts as none: this machine's port, paths and keys in it cannot be kept, and the backup's are taken (${en})`,
  };
}
