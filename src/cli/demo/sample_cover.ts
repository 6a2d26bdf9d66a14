/**
 * Draws a small landscape as a real JPEG: sky, sun and two ranges of hills, different for each seed.
 *
 * Every 8×8 block has one colour, so a block is its mean value alone: three Huffman-coded differences and
 * three "end of block" bits. That is all of baseline JPEG that a demo needs, and no image library.
 *
 * @param seed Any integer; the same seed draws the same picture.
 * @returns A file of 240×360 pixels, a few KiB.
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
export function sampleCover(seed: number): Uint8Array {
  const bits = new BitWriter();
  let previous: Color = [128, 128, 128];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const color = toYCbCr(blockColor(seed, row, column));
      color.forEach((value, index) => {
        bits.writeDifference(value - (previous[index] ?? 0));
        bits.write(END_OF_BLOCK, 1);
      });
      previous = color;
    }
  }
  return new Uint8Array([...HEADER, ...bits.finish(), 0xff, 0xd9]);
}

type Color = readonly [number, number, number];

const COLUMNS = 30;
const ROWS = 45;

function blockColor(seed: number, row: number, column: number): Color {
  const hue = (seed * 47) % 360;
  const [sunRow, sunColumn] = [8 + (seed * 5) % 10, 5 + (seed * 11) % 20];
  const near = 33 + 4 * Math.sin(column / 4 + seed);
  const far = 25 + 5 * Math.sin(column / 6 + seed * 2);
  if (row > near) return hslColor(hue, 35, 22);
  if (row > far) return hslColor(hue, 30, 40);
  if (Math.hypot(row - sunRow, column - sunColumn) < 3.6) return hslColor(hue + 180, 70, 82);
  return hslColor(hue + row, 45, 50 + row);
}

/** @see https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function hslColor(hue: number, saturation: number, lightness: number): Color {
  const light = lightness / 100;
  const amplitude = saturation / 100 * Math.min(light, 1 - light);
  const channel = (offset: number) => {
    const turn = (offset + hue / 30) % 12;
    return 255 * (light - amplitude * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** @see https://www.w3.org/Graphics/JPEG/jfif3.pdf */
function toYCbCr([red, green, blue]: Color): Color {
  const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  return [
    clamp(0.299 * red + 0.587 * green + 0.114 * blue),
    clamp(128 - 0.1687 * red - 0.3313 * green + 0.5 * blue),
    clamp(128 + 0.5 * red - 0.4187 * green - 0.0813 * blue),
  ];
}

/** Nine categories of differences, each with a code of four bits: simple, and short enough here. */
const CATEGORY_BITS = 4;
const END_OF_BLOCK = 0;

class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#pending = (this.#pending << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  /** Writes a difference of mean values: how many bits it has, then the bits; negative ones less one. */
  writeDifference(difference: number): void {
    const length = Math.abs(difference).toString(2).length * Number(difference !== 0);
    this.write(length, CATEGORY_BITS);
    this.write(difference < 0 ? difference - 1 : difference, length);
  }

  finish(): readonly number[] {
    while (this.#count !== 0) this.write(1, 1);
    return this.#bytes;
  }

  #flush(): void {
    this.#bytes.push(this.#pending);
    // A data byte 0xFF would read as a marker without the zero behind it.
    if (this.#pending === 0xff) this.#bytes.push(0);
    this.#pending = 0;
    this.#count = 0;
  }
}

function segment(marker: number, ...content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...content];
}

const [WIDTH, HEIGHT] = [COLUMNS * 8, ROWS * 8];

const HEADER: readonly number[] = [
  0xff,
  0xd8,
  ...segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0),
  // Quantising by 8 makes the coefficient of a block of one colour exactly that colour.
  ...segment(0xdb, 0, ...new Array<number>(64).fill(8)),
  ...segment(
    0xc0,
    8,
    HEIGHT >> 8,
    HEIGHT & 0xff,
    WIDTH >> 8,
    WIDTH & 0xff,
    3,
    ...[1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0],
  ),
  ...segment(0xc4, 0x00, 0, 0, 0, 9, ...new Array<number>(12).fill(0), 0, 1, 2, 3, 4, 5, 6, 7, 8),
  ...segment(0xc4, 0x10, 1, ...new Array<number>(15).fill(0), 0),
  ...segment(0xda, 3, 1, 0x00, 2, 0x00, 3, 0x00, 0, 63, 0),
];
