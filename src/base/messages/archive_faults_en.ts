import type { Facts } from "./mod.ts";

/** What is wrong with an archive, by the detail `why` of its error, where one can say where it comes from. */
export const archiveFaultsEn: Readonly<Record<string, (f: Facts) => string>> = {
  cut: (f) =>
    `The file is incomplete: it ends after ${
      f.text("size")
    } bytes without the directory that ends a ZIP; a copy, download or upload broke off, so get the whole original again`,
  before: (f) =>
    `Before the ZIP stand ${
      f.text("bytes")
    } bytes that are not its own; use the original file, or repair this one with zip -FF`,
  behind: (f) =>
    `Behind the ZIP stand ${
      f.text("bytes")
    } bytes that are not its own; use the original file, or repair this one with zip -FF`,
  // Names as some programs write them who pack a backup anew.
  encoding: (f) =>
    `The names in the archive are not UTF-8 (GBK, most likely): ${
      f.text("path")
    }; another program has packed it anew, so use the original ZIP, or pack it with 7-Zip and UTF-8 names (-mcu=on)`,
  backslashes: (f) =>
    `The paths in the archive have backslashes: ${
      f.text("path")
    }; an old program of Windows has packed it anew, so use the original ZIP, or pack it with 7-Zip`,
  // What other ZIPs have and backups do not.
  encrypted: (f) =>
    `The archive has a password (${
      f.text("path")
    } is encrypted) and cannot be read; use the original ZIP, or unpack it and pack it without one`,
  split: () =>
    "This is one part of a split archive (.z01, .z02 … .zip) and cannot be read alone; join the parts (zip -s 0 parts.zip --out whole.zip) or use the original ZIP",
  method: (f) =>
    `${f.text("path")} is compressed by a method that backups do not use (${
      f.text("found")
    }); use the original ZIP, or pack it anew with the ordinary method Deflate`,
};
