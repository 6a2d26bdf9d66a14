/**
 * Remembers which names were seen, in sixteen bytes or less for each whatever their length.
 *
 * Keeps a 52-bit hash, not the name. A name that was seen is always recognised; a new one is taken for a
 * seen one about once in ten thousand archives of a million names, which refuses that archive.
 */
export class NameTable {
  #slots = new Float64Array(1024);
  #count = 0;

  /** Adds a name. @returns `false` when it was there. */
  add(name: string): boolean {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow();
    const hash = hashName(name);
    const slot = find(this.#slots, hash);
    if (this.#slots[slot] === hash) return false;
    this.#slots[slot] = hash;
    this.#count += 1;
    return true;
  }

  has(name: string): boolean {
    const hash = hashName(name);
    return this.#slots[find(this.#slots, hash)] === hash;
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2);
    for (const hash of this.#slots) {
      if (hash !== 0) larger[find(larger, hash)] = hash;
    }
    this.#slots = larger;
  }
}

/** The slot that holds `hash`, or the free one where it belongs. Half of all slots are always free. */
function find(slots: Float64Array, hash: number): number {
  const mask = slots.length - 1;
  let slot = hash % slots.length;
  while (slots[slot] !== 0 && slots[slot] !== hash) slot = (slot + 1) & mask;
  return slot;
}

/** Hashes a name: two FNV-style lanes with different multipliers, mixed, joined to 52 bits and never 0. */
export function hashName(name: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high = (high << 13) | (high >>> 19);
  }
  low = mix(low ^ high);
  high = mix(high + low);
  return ((high >>> 12) * 0x1_0000_0000 + (low >>> 0)) || 1;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
