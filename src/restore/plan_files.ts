import type { Notice } from "../base/messages/mod.ts";
import { nameSome } from "../base/messages/name_some.ts";
import type { Config } from "../config/types.ts";
import { pathFault } from "../storage/os_error.ts";
import { PathPatterns } from "../storage/path_patterns.ts";
import { passingOver, walk, type WalkedFile } from "../storage/walk.ts";
import { ExtraFiles, type ExtraFolder } from "./extra_files.ts";
import type { FilesPart } from "./journal.ts";
import { exists } from "./staging.ts";

/** What is to become of a part that is a tree of files. Names are paths without the part's folder in the archive. */
export interface FilesPlan {
  readonly part: FilesPart;
  /** Of the archive's files that have a place here. */
  readonly count: number;
  readonly bytes: number;
  /** The live folders that lead to them. */
  readonly folders: readonly FilesFolder[];
  /** Files of the archive that have no place here. */
  readonly except: ReadonlySet<string>;
  readonly warnings: readonly Notice[];
  /** Of a live file that the backup lacks: the folder that is made to be as in the backup; `null`: it stays. */
  readonly surplusOf: (name: string) => string | null;
  /** Tells whether a live folder may hold files of the part, or lead to some. */
  readonly mayHold: (name: string) => boolean;
  /** Visits the live files and symbolic links. */
  readonly walkLive: (signal: AbortSignal) => AsyncGenerator<WalkedFile>;
}

/** A live folder that leads to files of a part. */
export interface FilesFolder {
  /** What names begin with that belong here; empty: all. */
  readonly under: string;
  /** Absolute; need not exist. */
  readonly path: string;
  readonly count: number;
  readonly bytes: number;
  /** What goes there, where a restore can do without it; `null`: it is refused when the folder cannot be written to. */
  readonly names: readonly string[] | null;
}

/** A file of an archive. */
export interface PlannedFile {
  readonly name: string;
  readonly size: number;
}

/** Plans covers: all of them belong to one folder, which ends exactly as in the backup. */
export function planCovers(
  folder: string,
  { count, bytes }: { count: number; bytes: number },
): FilesPlan {
  return {
    part: "covers",
    count,
    bytes,
    folders: [{ under: "", path: folder, count, bytes, names: null }],
    except: new Set(),
    warnings: [],
    surplusOf: () => "",
    mayHold: () => true,
    walkLive: (signal) => walkIfThere(folder, signal),
  };
}

/**
 * Plans extra files: each belongs where this library's `backup.extra_paths` names its place, or nowhere.
 *
 * A live file that the backup lacks goes only from a folder of which the backup has something: of any other, and of
 * single files, it is not known whether they were there to be saved.
 *
 * @param undone For undo: what named extra files before. All of it was looked at then, so that what is surplus goes.
 */
export async function planExtra(
  config: Config,
  files: readonly PlannedFile[],
  undone: readonly string[] | null = null,
): Promise<FilesPlan> {
  const extra = await ExtraFiles.find(config, files.map(({ name }) => name));
  const placed = files.filter(({ name }) => extra.has(name));
  const except = files.map(({ name }) => name).filter((name) => !extra.has(name));
  const before = undone === null ? null : new PathPatterns(undone);
  const wholeFolders = new Set(placed.map(({ name }) => extra.patterns.folderOf(name)));
  return {
    part: "extra",
    count: placed.length,
    bytes: sum(placed),
    folders: extra.folders.map((folder) => fillFolder(extra, folder, placed))
      .filter(({ count, path }) => count > 0 || (undone !== null && exists(path))),
    except: new Set(except),
    warnings: placeWarnings(extra, except),
    surplusOf: (name) => {
      if (before !== null) {
        return before.has(name) && extra.has(name) ? before.folderOf(name) ?? name : null;
      }
      const folder = extra.has(name) ? extra.patterns.folderOf(name) : null;
      return folder !== null && wholeFolders.has(folder) ? folder : null;
    },
    mayHold: (name) => extra.mayHold(name),
    walkLive: (signal) => extra.walk({ signal, onUnreadable: () => {} }),
  };
}

/** Names files of a backup that are left out because this library has no place for them. */
function placeWarnings(extra: ExtraFiles, except: readonly string[]): Notice[] {
  const unnamed = except.filter((name) => !extra.patterns.has(name));
  const reserved = except.filter((name) => extra.patterns.has(name));
  const [nowhere, elsewhere] = [nameSome(unnamed), nameSome(reserved)];
  return [
    ...unnamed.length === 0 ? [] : [{
      zh:
        `以下附加文件不在本机 backup.extra_paths 所列的位置，未恢复: ${nowhere.zh}；加入配置并重启后可再恢复 extra`,
      en:
        `These extra files have no place in this machine's backup.extra_paths and are not restored: ${nowhere.en}; name them there, restart, and restore extra again`,
    }],
    ...reserved.length === 0 ? [] : [{
      zh: `以下附加文件的位置属于备份的其他部分或书库程序，未恢复: ${elsewhere.zh}`,
      en:
        `These extra files are not restored, for their places belong to other parts or to the library's program: ${elsewhere.en}`,
    }],
  ];
}

function fillFolder(
  extra: ExtraFiles,
  folder: ExtraFolder,
  placed: readonly PlannedFile[],
): FilesFolder {
  const files = placed.filter(({ name }) => extra.folderFor(name) === folder);
  return {
    under: folder.under,
    path: folder.root,
    count: files.length,
    bytes: sum(files),
    names: files.map(({ name }) => name),
  };
}

async function* walkIfThere(folder: string, signal: AbortSignal): AsyncGenerator<WalkedFile> {
  try {
    yield* walk(folder, { ...passingOver, signal });
  } catch (error) {
    // No folder yet, or none that can be looked at: nothing is live.
    if (pathFault(error) === null) throw error;
  }
}

function sum(files: readonly PlannedFile[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}
