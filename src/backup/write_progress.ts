import type { JobContext } from "../jobs/types.ts";

/**
 * Tells of one phase after the other, though files are listed and written while the database is copied, and what is
 * written is read back at once.
 */
export class WriteProgress {
  readonly #context: JobContext;
  /** Bytes of everything but the database; `null` until it is listed. */
  #fileBytes: number | null = null;
  /** `null` until it is copied. */
  #databaseBytes: number | null = null;
  /** Bytes written before writing was what is shown; `null` once it is. */
  #early: number | null = 0;
  /** Bytes read back during the writing; `null` once that is over. */
  #verified: number | null = 0;

  constructor(context: JobContext) {
    this.#context = context;
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

  /** Ends the listing. */
  listed(fileBytes: number): void {
    this.#fileBytes = fileBytes;
    this.#showWriting();
  }

  /** Ends the copying. */
  copied(databaseBytes: number): void {
    this.#databaseBytes = databaseBytes;
    if (this.#fileBytes === null) this.#context.phase("list_files");
    this.#showWriting();
  }

  /** Shows the writing once its end can be told: what else goes on is shown till then. */
  #showWriting(): void {
    if (this.#fileBytes === null || this.#databaseBytes === null) return;
    this.#context.phase("write_archive", this.#fileBytes + this.#databaseBytes);
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
    this.#context.phase("verify", (this.#fileBytes ?? 0) + (this.#databaseBytes ?? 0));
    this.#context.advance(this.#verified ?? 0);
    this.#verified = null;
  }
}
