/** A library of three gigabytes keeps the slowest contestants busy for minutes: one round tells enough. */
export function roundsOf(size: string, wanted: number): number {
  return size === "3GB" ? 1 : wanted;
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
