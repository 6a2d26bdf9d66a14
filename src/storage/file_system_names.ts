/** `f_type` of statfs(2) to the name that mount(8) uses. */
const NAMES: Readonly<Record<string, string>> = {
  "0xef53": "ext4",
  "0x58465342": "xfs",
  "0x9123683e": "btrfs",
  "0x2fc12fc1": "zfs",
  "0x1021994": "tmpfs",
  "0x794c7630": "overlay",
  "0xca451a4e": "bcachefs",
  "0xf2f52010": "f2fs",
  "0x73717368": "squashfs",
  "0x4d44": "vfat",
  "0x2011bab0": "exfat",
  "0x5346544e": "ntfs",
  "0x7366746e": "ntfs3",
  "0x6969": "nfs",
  "0xff534d42": "cifs",
  "0xfe534d42": "smb2",
  "0x517b": "smb",
  "0x5346414f": "afs",
  "0x65735546": "fuse",
  "0xc36400": "ceph",
  "0xbd00bd0": "lustre",
  "0x786f4256": "vboxsf",
  "0x1021997": "9p",
};

const REMOTE: ReadonlySet<string> = new Set(
  ["nfs", "cifs", "smb2", "smb", "9p", "fuse", "ceph", "afs", "lustre", "vboxsf"],
);

/**
 * Names a file system.
 *
 * @param type `f_type` of statfs(2).
 * @returns Such as `ext4`; `0x…` when unknown.
 * @see https://man7.org/linux/man-pages/man2/statfs.2.html
 */
export function fileSystemName(type: bigint): string {
  const magic = `0x${BigInt.asUintN(32, type).toString(16)}`;
  return NAMES[magic] ?? magic;
}

/** Tells whether a file system of this `f_type` is a network, virtual machine or FUSE mount. */
export function isRemoteFileSystem(type: bigint): boolean {
  return REMOTE.has(fileSystemName(type));
}
