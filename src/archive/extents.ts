import { AppError } from "../base/errors.ts";
import { LOCAL_HEADER_BYTES } from "./local_header.ts";

/** Which bytes of an archive belong to which entry; none may belong to two. */
export class Extents {
  readonly #limit: number;
  #starts = new Float64Array(1024);
  #ends = new Float64Array(1024);
  #count = 0;
  #sorted = true;

  /** @param limit Where the directory begins. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Adds an entry.
   *
   * @param bytes Its least size after the fixed part of its header.
   * @throws {AppError} `archive.damaged` when it reaches into the directory.
   */
  add(start: number, bytes: number, path: string): void {
    const end = start + LOCAL_HEADER_BYTES + bytes;
    if (end > this.#limit) {
      throw new AppError("archive.damaged", { path, found: "reaches into the directory" });
    }
    if (this.#count === this.#starts.length) this.#grow();
    if (this.#count > 0 && start < (this.#ends[this.#count - 1] ?? 0)) this.#sorted = false;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  /** Checks what {@linkcode Extents.add} took. @throws {AppError} `archive.hostile` on overlap. */
  check(): void {
    if (this.#sorted) return;
    const starts = this.#starts;
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index)
      .sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
    this.#starts = Float64Array.from(order, (index) => starts[index] ?? 0);
    this.#ends = Float64Array.from(order, (index) => this.#ends[index] ?? 0);
    this.#sorted = true;
    for (let index = 1; index < this.#count; index++) {
      const start = this.#starts[index] ?? 0;
      if (start < (this.#ends[index - 1] ?? 0)) {
        throw new AppError("archive.hostile", {
          path: "",
          found: `entries overlap at byte ${start}`,
        });
      }
    }
  }

  /** Where the entry after the one at `start` begins, or the directory. After {@linkcode Extents.check}. */
  next(start: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    return low < this.#count ? this.#starts[low] ?? this.#limit : this.#limit;
  }

  #grow(): void {
    const double = (old: Float64Array) => {
      const larger = new Float64Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.#starts = double(this.#starts);
    this.#ends = double(this.#ends);
  }
}
