import type { BackupRecord } from "./catalog.ts";

/**
 * Tells whether a backup was made here, by its record: the limits for what strangers send are not for it.
 *
 * The record is no proof; the hash in it is, and whoever reads the archive compares that first.
 */
export function isOwn({ kind, sha256 }: Pick<BackupRecord, "kind" | "sha256">): boolean {
  return kind !== "uploaded" && sha256 !== "";
}
