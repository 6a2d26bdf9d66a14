#!/usr/bin/env bash
# exFAT through FUSE calls a name that it cannot hold "No such file or directory".
#
# exfat-fuse 1.3.0 (Debian 12) on a volume made by exfatprogs. A name with a colon or a question mark, which every Linux
# disk takes, cannot exist on exFAT. One would expect EINVAL ("Invalid argument"), as the kernel's own driver says; it answers
# ENOENT, for creating as for renaming to it, although the folder is there. A program that takes ENOENT for "the folder is
# gone, make it again" or "the disk is not mounted" is misled by a single cover called "a:b?.jpg".
# Seen: "create: No such file or directory", "rename: No such file or directory", and an ordinary name is created.
#
# Needs exfat-fuse, exfatprogs, root, FUSE and a loop device.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

version=$(dpkg-query -W -f '${Version}' exfat-fuse 2>/dev/null) || {
  echo "exfat-fuse is not installed (Debian: exfat-fuse exfatprogs)"
  exit 2
}
case $version in 1.3.0*) ;; *) echo "expected exfat-fuse 1.3.0, found $version"; exit 2 ;; esac
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT

truncate -s 8M "$work/image"
mkfs.exfat "$work/image" >/dev/null
mkdir "$work/disk"
mount -t exfat-fuse -o loop "$work/image" "$work/disk" >/dev/null 2>&1

said() { { LC_ALL=C "$@" 2>&1 >/dev/null || true; } | sed 's/.*: //' | head -n 1; }
create=$(said touch "$work/disk/a:b?.jpg")
touch "$work/disk/plain.jpg"
rename=$(said mv -T "$work/disk/plain.jpg" "$work/disk/a:b.jpg")

echo "exfat-fuse $version"
echo "create: $create"
echo "rename: $rename"
echo "ordinary: $(ls "$work/disk")"
[ "$create" = "No such file or directory" ]
[ "$rename" = "No such file or directory" ]
[ "$(ls "$work/disk")" = plain.jpg ]
