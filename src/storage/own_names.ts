/** The service's own files and folders: temporaries, notes beside the database, its folder of state. */
const OWN =
  /^\.shuku(?:$|-(?:library|stores?|retention|restore(?:[.-].*)?|undo-.*)\.\w+$|-[0-9a-f]{16}\.)/;

/** Tells whether a file or folder of this base name is the service's own, and no part of the library. */
export function isOwnName(baseName: string): boolean {
  return OWN.test(baseName);
}
