import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { ExtraFiles } from "../restore/extra_files.ts";
import { pathFault } from "../storage/os_error.ts";
import { isSystemFolder } from "../storage/system_folder.ts";
import { walk, type WalkedFile } from "../storage/walk.ts";
import { lackWarnings } from "./left_out.ts";
import { listConfigFiles } from "./library_files.ts";
import type { LeftOut } from "./types.ts";

/** A large library on a slow disk is not looked through at every start. */
const LOOK_MS = 5000;

/** Whoever may read everything needs not be asked for each file. */
const READABLE_BY_ALL = 0o444;

/**
 * Looks for what a backup would have to leave out: folders that cannot be listed, files that cannot be opened, names that
 * cannot be said. Opens only files that not everybody may read, and stops after some seconds.
 */
export async function probeReading(config: Config): Promise<Notice[]> {
  const leftOut: LeftOut[] = [];
  const signal = AbortSignal.timeout(LOOK_MS);
  const tell = (prefix: string) => (path: string, reason: string) =>
    void leftOut.push({ path: `${prefix}/${path}`, reason });
  const covers = { skip: isSystemFolder, onUnreadable: tell("covers"), signal };
  const extra = { onUnreadable: tell("extra"), signal };
  try {
    leftOut.push(...await lookAtConfig(config));
    await lookAt(walk(config.covers, covers), covers);
    await lookAt((await ExtraFiles.find(config)).walk(extra), extra);
  } catch (error) {
    // What was found in time is told.
    if (!signal.aborted) throw error;
  }
  return lackWarnings(leftOut);
}

async function lookAtConfig(config: Config): Promise<LeftOut[]> {
  const { files, leftOut } = await listConfigFiles(config);
  const found = [...leftOut];
  for (const { path, entry } of files) {
    const reason = await openingFault(path);
    if (reason !== null) found.push({ path: entry, reason });
  }
  return found;
}

async function lookAt(
  files: AsyncIterable<WalkedFile>,
  { onUnreadable }: { onUnreadable: (path: string, reason: string) => void },
): Promise<void> {
  try {
    for await (const file of files) {
      if (file.kind !== "file" || (file.mode & READABLE_BY_ALL) === READABLE_BY_ALL) continue;
      const reason = await openingFault(file.path);
      if (reason !== null) onUnreadable(file.relativePath, reason);
    }
  } catch (error) {
    const reason = pathFault(error);
    if (reason === null) throw error;
    if (!["ENOENT", "ENOTDIR"].includes(reason)) onUnreadable("", reason);
  }
}

async function openingFault(path: string): Promise<string | null> {
  try {
    (await Deno.open(path)).close();
    return null;
  } catch (error) {
    const reason = pathFault(error);
    if (reason === null) throw error;
    return reason === "ENOENT" ? null : reason;
  }
}
