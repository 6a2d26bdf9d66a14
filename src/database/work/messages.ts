import type { ErrorCode, ErrorDetails } from "../../base/errors.ts";
import type { OperationName } from "./operations.ts";

/** What a caller sends to a worker. */
export interface Order {
  readonly operation: OperationName;
  readonly order: unknown;
  readonly memory: SharedArrayBuffer;
}

/** What a worker sends back: any number of the first three, then one of the others. */
export type Answer =
  | { readonly kind: "progress"; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: "locked" }
  | { readonly kind: "committed" }
  | {
    readonly kind: "done";
    readonly value: unknown;
    /** The thread runs at low priority from now on, of no use to whoever is in a hurry. */
    readonly isLowered: boolean;
  }
  | {
    readonly kind: "failed";
    readonly code: ErrorCode;
    readonly details: ErrorDetails;
    readonly cause: string | null;
  }
  | { readonly kind: "crashed"; readonly found: string };
