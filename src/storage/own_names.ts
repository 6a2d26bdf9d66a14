/** The service's own files and folders: temporaries, notes beside the database, its folder of state. */
const OWN = /^\.shuku(?:-|$)/;

/** Tells whether a file or folder of this base name is the service's own, and no part of the library. */
export function isOwnName(baseName: string): boolean {
  return OWN.test(baseName);
}
