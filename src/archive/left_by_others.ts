import { isSystemFolder } from "../storage/system_folder.ts";

/** What desktops put beside people's files, in small letters. */
const NAMES: ReadonlySet<string> = new Set([
  ".ds_store",
  ".localized",
  ".directory",
  "thumbs.db",
  "ehthumbs.db",
  "desktop.ini",
  "__macosx",
]);

/**
 * Tells whether an entry is what Finder, Explorer and other programs add when somebody packs a backup anew: `__MACOSX/`,
 * `.DS_Store`, `._a`, `Thumbs.db` and the like.
 *
 * Only a hint: a library may have such a file, and then its backup lists it.
 */
export function isLeftByOthers(path: string): boolean {
  const names = path.split("/");
  return names.some((name, index) =>
    name.startsWith("._") || name.startsWith("~$") || NAMES.has(name.toLowerCase()) ||
    isSystemFolder(name, index < names.length - 1)
  );
}
