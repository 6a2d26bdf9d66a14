import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { ConfigTools } from "../restore/host.ts";
import { readOrNull } from "../restore/config_files.ts";
import type { Refusal } from "../restore/judge_database.ts";
import type { RestorePlan } from "../restore/plan.ts";
import type { RestorePreview } from "./types.ts";

/** What a restore of config would change. */
export interface ConfigComparison {
  readonly rows: RestorePreview["config"];
  readonly refusals: readonly Refusal[];
}

/**
 * Lists the keys of config files that a restore would change; secrets are masked, and keys of any file but the
 * library's own config carry its name.
 */
export async function previewConfig(
  archive: Archive,
  plan: RestorePlan,
  tools: ConfigTools,
  signal: AbortSignal,
): Promise<ConfigComparison> {
  const rows: RestorePreview["config"][number][] = [];
  const refusals: Refusal[] = [];
  if (!plan.parts.includes("config")) return { rows, refusals };
  for (const { entry, name, target, isOurs } of plan.config) {
    const backup = await readText(archive, entry, signal);
    const live = new TextDecoder().decode(await readOrNull(target) ?? new Uint8Array());
    try {
      const keepsOurs = isOurs && !plan.order.machineKeys && live !== "";
      const merged = keepsOurs ? tools.merge(backup, live) : null;
      if (isOurs) await tools.check(merged?.text ?? backup);
      const changed = merged?.changed ??
        tools.diff(live, backup).map((row) => ({ ...row, kept: false }));
      rows.push(...changed.map((row) => isOurs ? row : { ...row, key: `${name}: ${row.key}` }));
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (isOurs) {
        const reason = new AppError("restore.invalid_backup", { reason: error });
        refusals.push({ error: reason, force: false });
      } else if (backup !== live) {
        // Another program's file, in whatever dialect: that it changes is all that can be said.
        rows.push({ key: name, before: null, after: null, kept: false });
      }
    }
  }
  return { rows, refusals };
}

async function readText(
  archive: Archive,
  entry: ArchiveEntry,
  signal: AbortSignal,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of archive.read(entry, { signal })) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
