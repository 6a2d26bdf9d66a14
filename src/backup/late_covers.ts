import { NameTable } from "../archive/name_table.ts";
import { FileTable } from "./file_table.ts";
import { type FileList, listCovers } from "./library_files.ts";

/**
 * Finds covers that a copied database names and that were put into their folder after it had been listed: somebody
 * added a book while the backup began.
 *
 * @param listed The covers as they were listed, which go into the backup anyway.
 * @param named Covers that the copy names, relative to the folder.
 * @returns Empty, without another look at the folder, when every cover named is listed.
 * @throws {AppError} `storage.*`; the signal's reason.
 */
export async function listLateCovers(
  folder: string,
  listed: FileList,
  named: readonly string[],
  signal: AbortSignal,
): Promise<FileTable> {
  const known = new NameTable();
  for (const { entry } of listed.files) known.add(entry);
  const wanted = new Set(named.map((path) => `covers/${path}`).filter((path) => !known.has(path)));
  const late = new FileTable();
  if (wanted.size === 0) return late;
  const { files } = await listCovers(folder, signal);
  late.addAll(files, ({ entry }) => wanted.has(entry));
  return late;
}
