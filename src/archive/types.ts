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

/** Something of the library that its backup lacks, though it should be there. */
export interface LeftOut {
  /** The name it would have in the archive; that of a folder, left out with all it holds, ends with `/`. */
  readonly path: string;
  /** Why: the operating system's code, such as `EACCES`, or a word of ours, such as `same_name`. */
  readonly reason: string;
}

/** Size of a file, and its hashes in hex; one that was not asked for is empty. */
export interface FileHashes {
  /** Bytes. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}
