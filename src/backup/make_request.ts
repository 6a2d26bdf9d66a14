import type { Part } from "../config/types.ts";
import type { BackupKind } from "./types.ts";

/** Which backup to make. */
export interface MakeRequest {
  readonly includes: readonly Part[];
  readonly description: string;
  readonly kind: Exclude<BackupKind, "uploaded">;
  /** For a snapshot: the backup about to be restored. */
  readonly restoring?: string;
  /** Whose library it is, when that is not what the file beside the database says. */
  readonly libraryId?: string;
  /** Take the bytes of a database too damaged to copy, and say so, instead of failing. */
  readonly rawWhenDamaged?: boolean;
}
