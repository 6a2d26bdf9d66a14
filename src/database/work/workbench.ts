import type { Control } from "./control.ts";

/** What work in a worker can say to its caller and hear from it. */
export interface Workbench {
  readonly control: Control;
  /** Reports bytes done. */
  progress(doneBytes: number, totalBytes: number): void;
  /** Reports that the lock is held, and sleeps until the caller says to go on. */
  confirmLocked(): void;
  /** Reports that the new content is safe and seen by everybody: what follows only tidies up. */
  reportCommitted(): void;
}
