import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { ConfigTools } from "../restore/host.ts";
import { readOrNull, sameBytes } from "../restore/config_files.ts";
import type { Refusal } from "../restore/judge_database.ts";
import type { RestorePlan } from "../restore/plan.ts";
import type { RestorePreview } from "./types.ts";

/** What a restore of config would change. */
export interface ConfigComparison {
  readonly rows: RestorePreview["config"];
  readonly warnings: readonly Notice[];
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
  const warnings: Notice[] = [];
  const refusals: Refusal[] = [];
  if (!plan.parts.includes("config")) return { rows, warnings, refusals };
  for (const { entry, name, target, isOurs } of plan.config) {
    const backup = await readBytes(archive, entry, signal);
    const live = await readOrNull(target);
    try {
      if (isOurs) {
        const { bytes, changed, liveProblem } = tools.adapt(backup, live, plan.order);
        if (liveProblem !== null) warnings.push(liveProblem);
        await tools.check(bytes);
        rows.push(...changed);
      } else {
        const changed = tools.diff(live, backup);
        rows.push(...changed.map((row) => ({ ...row, key: `${name}: ${row.key}`, kept: false })));
      }
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (isOurs) refusals.push({ error: asRefusal(error), force: false });
      else if (!sameBytes(backup, live)) {
        // Another program's file, in whatever dialect: that it changes is all that can be said.
        rows.push({ key: name, before: null, after: null, kept: false });
      }
    }
  }
  return { rows, warnings, refusals };
}

/** Only what is wrong with the backup is told as such. */
function asRefusal(error: AppError): AppError {
  return error.code === "config.not_separable"
    ? error
    : new AppError("restore.invalid_backup", { reason: error });
}

async function readBytes(
  archive: Archive,
  entry: ArchiveEntry,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of archive.read(entry, { signal })) chunks.push(chunk.slice());
  return await new Blob(chunks).bytes();
}
