import type { BackupRecord } from "./catalog.ts";

/** What a backup's record says its ZIP hashes to, where it says so. */
export interface ExpectedHashes {
  readonly md5?: string;
  readonly sha256?: string;
}

/** The hashes that are known of a ZIP; an empty one in the record is unknown. */
export function expectedHashes(
  { checksum, sha256 }: Pick<BackupRecord, "checksum" | "sha256">,
): ExpectedHashes {
  return { ...checksum === "" ? {} : { md5: checksum }, ...sha256 === "" ? {} : { sha256 } };
}
