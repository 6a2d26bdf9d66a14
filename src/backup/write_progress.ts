import type { JobContext } from "../jobs/types.ts";

/**
 * Tells of one phase after the other, though files are written while the database is copied, and what is written is
 * read back at once.
 */
export class WriteProgress {
  readonly #context: JobContext;
  readonly #fileBytes: number;
  /** Bytes written during the copying; `null` once that is over. */
  #early: number | null = 0;
  #databaseBytes = 0;
  /** Bytes read back during the writing; `null` once that is over. */
  #verified: number | null = 0;

  /** @param fileBytes Bytes of everything but the database. */
  constructor(context: JobContext, fileBytes: number) {
    this.#context = context;
    this.#fileBytes = fileBytes;
  }

  /** Begins the copying; call what it returns with its progress. */
  copying(): (doneBytes: number, totalBytes: number) => void {
    this.#context.phase("copy_database");
    return (done, total) => this.#context.reach(done, total);
  }

  /** Counts content that was written. */
  wrote(bytes: number): void {
    if (this.#early === null) this.#context.advance(bytes);
    else this.#early += bytes;
  }

  /** Ends the copying: from here on writing is what is shown. */
  copied(databaseBytes: number): void {
    this.#databaseBytes = databaseBytes;
    this.#context.phase("write_archive", this.#fileBytes + databaseBytes);
    this.#context.advance(this.#early ?? 0);
    this.#early = null;
  }

  /** Counts content that was read back. */
  verified(bytes: number): void {
    if (this.#verified === null) this.#context.advance(bytes);
    else this.#verified += bytes;
  }

  /** Ends the writing: what is still to be read back is what is shown. */
  written(): void {
    this.#context.phase("verify", this.#fileBytes + this.#databaseBytes);
    this.#context.advance(this.#verified ?? 0);
    this.#verified = null;
  }
}
