import { Buffer } from "node:buffer";

const PAGE_HASHES = 4096;
const HASH_BYTES = 32;

/** SHA-256 after SHA-256, packed: a third of what texts would take. */
export class HashList {
  readonly #pages: Buffer[] = [];
  #length = 0;

  /** Adds one, in hex. */
  push(sha256: string): void {
    const at = this.#length % PAGE_HASHES;
    if (at === 0) this.#pages.push(Buffer.alloc(PAGE_HASHES * HASH_BYTES));
    this.#pages.at(-1)?.write(sha256, at * HASH_BYTES, "hex");
    this.#length += 1;
  }

  /** Gives one back, in hex; `undefined` past the last. */
  at(index: number): string | undefined {
    if (index >= this.#length) return undefined;
    const at = (index % PAGE_HASHES) * HASH_BYTES;
    return this.#pages[Math.floor(index / PAGE_HASHES)]?.toString("hex", at, at + HASH_BYTES);
  }
}
