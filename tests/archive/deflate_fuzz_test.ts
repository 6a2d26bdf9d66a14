import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { inflateRawSync } from "node:zlib";
import { deflateBlock } from "../../src/archive/deflate_block.ts";
import { DeflatePool } from "../../src/archive/deflate_pool.ts";
import { deflateStream } from "../../src/archive/deflate_stream.ts";
import { createArchive } from "../../src/archive/write.ts";
import { ChineseText } from "../bench/library/chinese_text.ts";
import { Random } from "../bench/library/random.ts";
import { noise, prose, run, scratch } from "./support/scratch.ts";

const SEED = 20260115;
/** Any size will do for deflateStream(). */
const BLOCK_BYTES = 300_000;

/** Sizes about the edges of blocks and of the 32 KiB window, then sizes by chance. */
function sizes(count: number): number[] {
  const edges = [0, 1, 32_767, 32_768, 32_769, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1];
  const chance = Buffer.from(noise(count * 4, SEED).buffer);
  return [
    ...edges,
    2 * BLOCK_BYTES,
    2 * BLOCK_BYTES + 1,
    ...Array.from(
      { length: count },
      (_, index) => chance.readUInt32LE(index * 4) % (3 * BLOCK_BYTES),
    ),
  ];
}

const KINDS: Record<string, (length: number, seed: number) => Uint8Array<ArrayBuffer>> = {
  noise,
  prose,
  zeros: (length) => new Uint8Array(length),
  mixed: (length, seed) => {
    const bytes = prose(length, seed);
    bytes.set(noise(Math.min(length, 300_000), seed), Math.max(0, length - 700_000));
    return bytes;
  },
};

async function* cut(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) yield bytes.slice(at, at + BLOCK_BYTES);
}

Deno.test("deflateStream() makes one valid stream of any content at every level", async () => {
  using pool = new DeflatePool({ workers: 2 });
  const kinds = Object.entries(KINDS);
  for (const [index, size] of sizes(14).entries()) {
    for (const [turn, [kind, make]] of kinds.entries()) {
      const level = 1 + (index + turn * 5) % 9;
      const content = make(size, SEED + index + 1);

      const pieces = await Array.fromAsync(
        deflateStream(cut(content), { pool, level, recycle: () => {} }),
      );

      const { buffer, engine } = inflateRawSync(Buffer.concat(pieces), {
        maxOutputLength: size + 1,
        info: true,
      }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      const label = `${kind}, ${size} bytes, level ${level}`;
      assert.ok(buffer.equals(content), label);
      assert.equal(engine.bytesWritten, pieces.reduce((sum, { length }) => sum + length, 0), label);
    }
  }
});

Deno.test("deflateStream() does not depend on the number of threads", async () => {
  const content = prose(5 * BLOCK_BYTES + 77);
  const results: Buffer[] = [];
  for (const workers of [1, 2, 3]) {
    using pool = new DeflatePool({ workers });
    const options = { pool, level: 6, recycle: () => {} };
    results.push(Buffer.concat(await Array.fromAsync(deflateStream(cut(content), options))));
  }

  assert.ok(results.every((result) => result.equals(results[0] ?? Buffer.alloc(0))));
});

Deno.test("deflateBlock() of Chinese text is as small as zlib's at that level, within 1.5 %", async () => {
  await using temp = await scratch();
  const poems = readPoems();
  const content = new Uint8Array(1 << 20);
  new ChineseText(poems, new Random(SEED)).fill(content);
  await Deno.writeFile(temp.path("text"), content);
  const sizes = "import sys,zlib;d=open(sys.argv[1],'rb').read();" +
    "print(*(len(zlib.compress(d,n)) for n in range(4,10)))";
  const zlib = (await run("python3", "-c", sizes, temp.path("text"))).trim().split(" ").map(Number);

  const ours = [4, 5, 6, 7, 8, 9].map((level) => deflateBlock({ block: content, level }).length);

  assert.equal(zlib.length, ours.length);
  for (const [index, size] of ours.entries()) {
    assert.ok(
      size <= (zlib[index] ?? 0) * 1.015,
      `level ${index + 4}: ${size}, zlib ${zlib[index]}`,
    );
  }
});

Deno.test("createArchive() of content by chance unpacks the same with unzip", async () => {
  await using temp = await scratch();
  const contents = sizes(6).map((size, index) =>
    KINDS.mixed?.(size, index + 1) ?? new Uint8Array(0)
  );
  for (const level of [0, 1, 6, 9]) {
    const zip = temp.path(`${level}.zip`);
    await using writer = await createArchive(zip, { level, timeZone: "UTC" });
    for (const [index, source] of contents.entries()) {
      await writer.add({
        path: `config/${index}`,
        modifiedAt: 0,
        source: (async function* () {
          for (let at = 0; at < source.length; at += 99_991) yield source.subarray(at, at + 99_991);
        })(),
      });
    }
    await writer.finish();

    await run("unzip", "-qo", zip, "-d", temp.path("out"));

    for (const [index, content] of contents.entries()) {
      const unpacked = await Deno.readFile(temp.path(`out/config/${index}`));
      assert.ok(Buffer.from(unpacked).equals(content), `entry ${index} at level ${level}`);
    }
  }
});

/** The fixture's books have poems for descriptions. */
function readPoems(): string {
  const { pathname } = new URL("../fixtures/sooklib/library/data/library.db", import.meta.url);
  // immutable: the fixture may lie in a folder that cannot be written.
  using database = new DatabaseSync(`file:${pathname}?immutable=1`, { readOnly: true });
  return database.prepare("SELECT description FROM books ORDER BY id").all()
    .map((row) => String(row["description"])).join("");
}
