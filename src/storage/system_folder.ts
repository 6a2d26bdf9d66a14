/**
 * Folders that a file system, a NAS or a desktop keeps for itself among other people's files: what was deleted, earlier
 * states, thumbnails, indexes. Nothing in them is the library's.
 */
const NAMES: ReadonlySet<string> = new Set([
  // ext2 to ext4; Windows; macOS
  "lost+found",
  "system volume information",
  "$recycle.bin",
  ".trashes",
  ".spotlight-v100",
  ".fseventsd",
  ".temporaryitems",
  ".documentrevisions-v100",
  // Synology; QNAP; Samba and netatalk on any of them
  "@eadir",
  "#recycle",
  "#snapshot",
  "@tmp",
  "@recycle",
  "@recently-snapshot",
  ".@__thumb",
  ".recycle",
  ".appledouble",
  "network trash folder",
  // NetApp, Btrfs with snapper, ZFS
  ".snapshot",
  ".snapshots",
  ".zfs",
]);

/** What the desktops of Linux keep at the top of a volume, one for each user. */
const TRASH = /^\.trash(?:-\d+)?$/i;

/**
 * Tells of a path whether it is such a folder, in the form that `walk()` takes.
 *
 * @param path From any root, with `/` between the names.
 */
export function isSystemFolder(path: string, isFolder: boolean): boolean {
  if (!isFolder) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return NAMES.has(name.toLowerCase()) || TRASH.test(name);
}
