import { join } from "node:path";
import { type AppError, isAppError } from "../base/errors.ts";
import { nameSome } from "../base/messages/name_some.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { pathFault } from "../storage/os_error.ts";
import { ensureFolder } from "./ensure_folder.ts";
import { shownName } from "./file_places.ts";
import { makeFileStagings } from "./file_stagings.ts";
import type { FilesStaging, FilesStep } from "./journal.ts";
import { atMoment } from "./moments.ts";
import type { RestorePlan } from "./plan.ts";
import type { FilesFolder, FilesPlan } from "./plan_files.ts";

/** The files of a part in staging. What was saved, and what goes, comes with the snapshot. */
export interface StagedFiles extends Omit<FilesStep, "record" | "exactIn"> {
  readonly plan: FilesPlan;
  /** Files of the archive that are not unpacked. */
  readonly except: ReadonlySet<string>;
  /** Folders that cannot be written to. */
  readonly warnings: readonly Notice[];
}

/** Options of {@linkcode stageFiles}. */
export interface StageFilesOptions {
  readonly restoreId: string;
  /** The staging folder beside the live database. */
  readonly staging: string;
  readonly signal: AbortSignal;
  /** Called once the staging folders exist. */
  readonly onFileStagings: (files: readonly StagedFiles[]) => Promise<void>;
}

/**
 * Makes the staging folders for the files of every part that is restored.
 *
 * A folder of extra files that takes none costs what would go there, and not the restore.
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

/** The step as the journal holds it. */
export function asStep(
  { part, mode, stagings, archive, list }: StagedFiles,
  { exactIn, record }: Pick<FilesStep, "exactIn" | "record">,
): FilesStep {
  return { part, mode, exactIn, stagings, archive, list, record };
}

async function stagePart(
  plan: FilesPlan,
  { order }: RestorePlan,
  options: StageFilesOptions,
): Promise<StagedFiles> {
  const stagings = new Map<string, FilesStaging>();
  const except = new Set(plan.except);
  const warnings: Notice[] = [];
  for (const folder of plan.folders) {
    const made = await stageFolder(folder, plan, options);
    if (Array.isArray(made)) { for (const staging of made) stagings.set(staging.under, staging); }
    else {
      for (const name of folder.names ?? []) except.add(name);
      warnings.push(leftOut(plan, folder, made));
    }
  }
  const [first] = stagings.values();
  return {
    part: plan.part,
    plan,
    mode: order.coversMode,
    stagings: [...stagings.values()],
    archive: order.archive,
    list: join(first?.path ?? options.staging, `${plan.part}.list`),
    except,
    warnings,
  };
}

/** @returns Why there is none, where a restore can do without it. */
async function stageFolder(
  { path, under, names }: FilesFolder,
  plan: FilesPlan,
  { restoreId, signal }: StageFilesOptions,
): Promise<FilesStaging[] | AppError> {
  const others = new Set(plan.folders.map((folder) => folder.under));
  const mayHold = (name: string) => !others.has(name) && plan.mayHold(name);
  try {
    await ensureFolder(path);
    const root = await Deno.realPath(path);
    return await makeFileStagings({ path: root, under }, { restoreId, mayHold, signal });
  } catch (error) {
    if (names === null || !isAppError(error) || pathFault(error) === null) throw error;
    return error;
  }
}

function leftOut({ part }: FilesPlan, { names }: FilesFolder, reason: AppError): Notice {
  const { zh, en } = nameSome([...names ?? []].map((name) => shownName(part, name)));
  const why = noticeOf(reason);
  return {
    zh: `目录不可写 (${why.zh})，未恢复: ${zh}`,
    en: `Not restored, for their folder takes none (${why.en}): ${en}`,
  };
}
