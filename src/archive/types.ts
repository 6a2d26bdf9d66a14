/** Why a backup exists. */
export type BackupKind = "manual" | "auto" | "snapshot" | "uploaded";

/** One file inside an archive, as its metadata records it. */
export interface FileRecord {
  readonly path: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Size of a file, and its hashes in hex; one that was not asked for is empty. */
export interface FileHashes {
  /** Bytes. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}
