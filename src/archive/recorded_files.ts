import { Buffer } from "node:buffer";
import { hashName } from "./name_table.ts";
import type { FileRecord } from "./types.ts";

const PAGE_FILES = 4096;

/** Some records, packed. */
interface Page {
  /** Of the names; see {@linkcode hashName}. */
  readonly names: Float64Array;
  readonly sizes: Float64Array;
  readonly sha256: Buffer;
}

/**
 * What an archive should hold, crossed off while its entries are met: 48 bytes for each file, whatever its name.
 *
 * Entries in the order of the list, as in every archive of ours, cost nothing to find. From the first that is not, an
 * index is kept, with eight to sixteen bytes for each.
 */
export class RecordedFiles {
  readonly #pages: Page[] = [];
  #length = 0;
  /** The first one that was not met, while all met were in order. */
  #next = 0;
  #index: RecordIndex | null = null;

  /** Adds one, before any is taken. */
  add({ path, size, sha256 }: FileRecord): void {
    const at = this.#length % PAGE_FILES;
    if (at === 0) this.#pages.push(newPage());
    const page = this.#pages.at(-1) as Page;
    page.names[at] = hashName(path);
    page.sizes[at] = size;
    page.sha256.write(sha256, at * 32, "hex");
    this.#length += 1;
  }

  /** Crosses a path off; `undefined` when it is not in the list, or not any more. */
  take(path: string): FileRecord | undefined {
    const name = hashName(path);
    if (this.#index === null && this.#next < this.#length && this.#nameAt(this.#next) === name) {
      return this.#record(path, this.#next++);
    }
    this.#index ??= this.#indexRest();
    const found = this.#index.take(name);
    return found === null ? undefined : this.#record(path, found);
  }

  /** How many were not met. */
  get left(): number {
    return this.#index?.count ?? this.#length - this.#next;
  }

  /** Tells whether a file was met, by its place in the list. */
  wasMet(place: number): boolean {
    return this.#index === null ? place < this.#next : !this.#index.has(place);
  }

  #nameAt(place: number): number {
    return this.#pages[Math.floor(place / PAGE_FILES)]?.names[place % PAGE_FILES] ?? 0;
  }

  #record(path: string, place: number): FileRecord {
    const page = this.#pages[Math.floor(place / PAGE_FILES)] as Page;
    const at = place % PAGE_FILES;
    const sha256 = page.sha256.toString("hex", at * 32, at * 32 + 32);
    return { path, size: page.sizes[at] ?? 0, sha256 };
  }

  #indexRest(): RecordIndex {
    const index = new RecordIndex(this.#length - this.#next, (place) => this.#nameAt(place));
    for (let place = this.#next; place < this.#length; place++) index.add(place);
    return index;
  }
}

/** Finds places by the hash of a name. */
class RecordIndex {
  readonly #nameAt: (place: number) => number;
  /** 0: free. Else a place plus one, negative when it was taken. */
  readonly #slots: Int32Array;
  count = 0;

  constructor(size: number, nameAt: (place: number) => number) {
    this.#nameAt = nameAt;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(size * 2 + 2)));
  }

  add(place: number): void {
    let slot = this.#slotOf(this.#nameAt(place));
    while (this.#slots[slot] !== 0) slot = this.#after(slot);
    this.#slots[slot] = place + 1;
    this.count += 1;
  }

  /** @returns The first place of that name which was not taken. */
  take(name: number): number | null {
    for (let slot = this.#slotOf(name); this.#slots[slot] !== 0; slot = this.#after(slot)) {
      const place = (this.#slots[slot] ?? 0) - 1;
      if (place < 0 || this.#nameAt(place) !== name) continue;
      this.#slots[slot] = -place - 1;
      this.count -= 1;
      return place;
    }
    return null;
  }

  has(place: number): boolean {
    const name = this.#nameAt(place);
    for (let slot = this.#slotOf(name); this.#slots[slot] !== 0; slot = this.#after(slot)) {
      if (this.#slots[slot] === place + 1) return true;
    }
    return false;
  }

  #slotOf(name: number): number {
    return name % this.#slots.length;
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }
}

function newPage(): Page {
  return {
    names: new Float64Array(PAGE_FILES),
    sizes: new Float64Array(PAGE_FILES),
    sha256: Buffer.alloc(PAGE_FILES * 32),
  };
}
