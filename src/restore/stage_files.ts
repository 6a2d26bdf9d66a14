import { join } from "node:path";
import { ensureFolder } from "./ensure_folder.ts";
import { makeFileStagings } from "./file_stagings.ts";
import type { FilesStep } from "./journal.ts";
import { atMoment } from "./moments.ts";
import type { FilesPlan, RestorePlan } from "./plan.ts";

/** The files of a part in staging. The record of what was saved comes with the snapshot. */
export type StagedFiles = Omit<FilesStep, "record">;

/** Options of {@linkcode stageFiles}. */
export interface StageFilesOptions {
  readonly restoreId: string;
  readonly signal: AbortSignal;
  /** Called once the staging folders exist. */
  readonly onFileStagings: (files: readonly StagedFiles[]) => Promise<void>;
}

/**
 * Makes the staging folders for the files of every part that is restored.
 *
 * @throws {AppError} `storage.*`
 */
export async function stageFiles(
  plan: RestorePlan,
  options: StageFilesOptions,
): Promise<StagedFiles[]> {
  const files: StagedFiles[] = [];
  for (const part of plan.files) files.push(await stagePart(part, plan, options));
  await options.onFileStagings(files);
  if (files.length > 0) atMoment("staging_made");
  return files;
}

async function stagePart(
  { part, folder }: FilesPlan,
  { order }: RestorePlan,
  { restoreId, signal }: StageFilesOptions,
): Promise<StagedFiles> {
  await ensureFolder(folder);
  const root = await Deno.realPath(folder);
  const stagings = await makeFileStagings(root, restoreId, signal);
  const list = join(stagings[0]?.path ?? root, `${part}.list`);
  return { part, mode: order.coversMode, stagings, archive: order.archive, list };
}
