import { basename } from "node:path";
import { isPathLong } from "./metadata_lists.ts";

/**
 * Tells which file of the covers folder a library means by what it has written down; `null`: none can be meant.
 *
 * Libraries write `covers/1.jpg`, an absolute path or `1.jpg`, depending on their age and system. Others keep the
 * picture itself (`data:`) or a remote address, and no folder lacks those.
 */
export function coverName(named: string, coversFolder: string): string | null {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|\/\/|(?:data|blob|about|javascript):)/i.test(named)) return null;
  const path = relativeToCovers(named.replaceAll("\\", "/"), coversFolder.replaceAll("\\", "/"));
  const isName = !path.includes("\0") && isPathLong(path);
  return isName && !path.split("/").some((name) => NO_NAMES.has(name)) ? path : null;
}

/** The last is what stands before a second slash, or behind the last. */
const NO_NAMES = new Set(["..", ".", ""]);

function relativeToCovers(named: string, folder: string): string {
  const path = named.replace(/^(?:\.\/)+/, "");
  if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  const parent = `${basename(folder)}/`;
  const isAbsolute = path.startsWith("/") || /^[a-z]:\//i.test(path);
  const at = isAbsolute ? path.lastIndexOf(`/${parent}`) + 1 : 0;
  if (path.startsWith(parent, at)) return path.slice(at + parent.length);
  return path.replace(/^\//, "");
}
