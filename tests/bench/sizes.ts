/** A library that keeps a contestant busy for minutes: one round tells enough, and the slow ones stay away. */
export function isLong(size: string): boolean {
  return size === "3GB";
}

/** Libraries that the bench makes. */
export const SIZES = {
  "30MB": { textBytes: 28_000_000, covers: 200, seed: 30 },
  "250MB": { textBytes: 250_000_000, covers: 1_500, seed: 250 },
  "300MB": { textBytes: 280_000_000, covers: 1_500, seed: 300 },
  "3GB": { textBytes: 2_900_000_000, covers: 50_000, seed: 3_000 },
} as const;

/** Name of one of {@linkcode SIZES}. */
export type SizeName = keyof typeof SIZES;
