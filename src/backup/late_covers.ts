import { type FileList, type LibraryFile, listCovers } from "./library_files.ts";

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
): Promise<readonly LibraryFile[]> {
  const wanted = new Set(named.map((path) => `covers/${path}`));
  for (const { entry } of listed.files) wanted.delete(entry);
  if (wanted.size === 0) return [];
  const { files } = await listCovers(folder, signal);
  return files.filter(({ entry }) => wanted.has(entry));
}
