import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { BLOCK_BYTES } from "../../src/archive/limits.ts";
import { readChunks } from "../../src/storage/read_chunks.ts";

/** How fast one core of this machine reads an archive back, in bytes a second. */
export interface ReadBackSpeeds {
  /** Of content, by Deno's zlib. */
  readonly inflate: number;
  readonly md5: number;
  readonly sha256: number;
}

const SAMPLE_BYTES = 64 << 20;

/** Measures on the beginning of a file, deflated block by block. */
export async function measureReadBack(path: string): Promise<ReadBackSpeeds> {
  const blocks: Uint8Array[] = [];
  for await (const block of readChunks(path, { end: SAMPLE_BYTES, chunkBytes: BLOCK_BYTES })) {
    blocks.push(block);
  }
  const deflated = blocks.map((block) => deflateRawSync(block, { level: 4 }));
  const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
  const speedOf = (work: () => void) => {
    const began = performance.now();
    work();
    return bytes / ((performance.now() - began) / 1000);
  };
  const hash = (name: "md5" | "sha256") =>
    speedOf(() => {
      const hash = createHash(name);
      for (const block of blocks) hash.update(block);
      hash.digest();
    });
  return {
    // Into one piece of memory each, as ours does: many small ones would halve the speed.
    inflate: speedOf(() => {
      for (const block of deflated) inflateRawSync(block, { chunkSize: BLOCK_BYTES });
    }),
    md5: hash("md5"),
    sha256: hash("sha256"),
  };
}
