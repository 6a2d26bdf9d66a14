import type { Random } from "./random.ts";

/** Median size of a cover. */
const MEDIAN_BYTES = 20_000;
/** Spread of the logarithm of the size: two thirds lie within a factor of 1.8. */
const SPREAD = 0.6;
const MIN_BYTES = 2_000;
const MAX_BYTES = 400_000;

/** The start of a real JPEG file: SOI and a JFIF segment. */
const HEADER = new Uint8Array([
  ...[0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x4A, 0x46, 0x49, 0x46],
  ...[0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00],
]);

/**
 * Makes bytes that look like a JPEG to every tool that does not draw it: its beginning, its end and, between
 * them, what no compressor can shrink.
 */
export function coverImage(random: Random): Uint8Array {
  const wanted = Math.round(MEDIAN_BYTES * Math.exp(SPREAD * random.normal()));
  const size = Math.min(MAX_BYTES, Math.max(MIN_BYTES, wanted));
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0; index < words.length; index++) words[index] = random.next();
  const image = new Uint8Array(words.buffer, 0, size);
  image.set(HEADER);
  image.set([0xFF, 0xD9], size - 2);
  return image;
}
