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
