import { relative } from "node:path";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import { pathFault } from "../storage/os_error.ts";
import { isSystemFolder } from "../storage/system_folder.ts";
import { walk } from "../storage/walk.ts";
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
  const folders = [
    { folder: config.covers, prefix: "covers" },
    ...config.backup.extraPaths.map((folder) => ({
      folder,
      prefix: `extra/${relative(config.root, folder)}`,
    })),
  ];
  try {
    leftOut.push(...await lookAtConfig(config));
    for (const place of folders) await lookInto(place, leftOut, signal);
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

async function lookInto(
  { folder, prefix }: { folder: string; prefix: string },
  leftOut: LeftOut[],
  signal: AbortSignal,
): Promise<void> {
  const onUnreadable = (path: string, reason: string) =>
    void leftOut.push({ path: `${prefix}/${path}`, reason });
  try {
    for await (const file of walk(folder, { skip: isSystemFolder, onUnreadable, signal })) {
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
