import assert from "node:assert/strict";
import { sampleCover } from "../../../src/cli/demo/sample_cover.ts";

Deno.test("sampleCover() draws a JPEG of 240×360 with as many blocks as that takes", () => {
  for (const seed of [0, 1, 47, 116, 10_000]) {
    const { width, height, colors } = decode(sampleCover(seed));

    assert.deepEqual([width, height], [240, 360]);
    assert.equal(colors.length, 30 * 45 * 3);
    assert.ok(colors.every((value) => value >= 0 && value <= 255), `seed ${seed}`);
    assert.ok(new Set(colors).size > 10, "a picture has more than one colour");
  }
});

Deno.test("sampleCover() draws the same for the same seed and another for another", () => {
  assert.deepEqual(sampleCover(7), sampleCover(7));
  assert.notDeepEqual(sampleCover(7), sampleCover(8));
});

/** Reads back what the encoder wrote, from the segments up: a baseline JPEG of mean values only. */
function decode(file: Uint8Array): { width: number; height: number; colors: number[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  assert.equal(view.getUint16(0), 0xffd8);
  assert.equal(view.getUint16(file.length - 2), 0xffd9);
  let [at, width, height] = [2, 0, 0];
  while (view.getUint8(at + 1) !== 0xda) {
    assert.equal(view.getUint8(at), 0xff);
    if (view.getUint8(at + 1) === 0xc0) {
      [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
    }
    at += 2 + view.getUint16(at + 2);
  }
  const bits = readBits(file.subarray(at + 2 + view.getUint16(at + 2), -2));
  const colors: number[] = [];
  const previous = [128, 128, 128];
  for (let index = 0; index < width / 8 * (height / 8) * 3; index++) {
    const length = bits(4);
    const raw = bits(length);
    const difference = length > 0 && raw < 2 ** (length - 1) ? raw - 2 ** length + 1 : raw;
    assert.equal(bits(1), 0, "end of block");
    colors.push(previous[index % 3] = (previous[index % 3] ?? 0) + difference);
  }
  return { width, height, colors };
}

function readBits(bytes: Uint8Array): (count: number) => number {
  let [at, bit] = [0, 0];
  return (count) => {
    let value = 0;
    for (let index = 0; index < count; index++) {
      value = value * 2 + (((bytes[at] ?? 0) >> (7 - bit)) & 1);
      bit += 1;
      if (bit < 8) continue;
      // A stuffed zero behind 0xFF is no data.
      at += bytes[at] === 0xff ? 2 : 1;
      bit = 0;
    }
    return value;
  };
}
