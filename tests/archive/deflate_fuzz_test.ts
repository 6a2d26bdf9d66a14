import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { inflateRawSync } from "node:zlib";
import { deflateBlock } from "../../src/archive/deflate_block.ts";
import { DeflatePool } from "../../src/archive/deflate_pool.ts";
import { deflateStream } from "../../src/archive/deflate_stream.ts";
import { encodeBlock } from "../../src/archive/encode_block.ts";
import { createArchive } from "../../src/archive/write.ts";
import { ChineseText } from "../bench/library/chinese_text.ts";
import { Random } from "../bench/library/random.ts";
import { noise, prose, run, scratch } from "./support/scratch.ts";

const SEED = 20260115;
const POEMS = readPoems();
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
  chinese: (length, seed) => {
    const bytes = new Uint8Array(length);
    new ChineseText(POEMS, new Random(seed)).fill(bytes);
    return bytes;
  },
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
  const content = KINDS.chinese?.(1 << 20, SEED) ?? new Uint8Array(0);
  await Deno.writeFile(temp.path("text"), content);
  const sizes = "import sys,zlib;d=open(sys.argv[1],'rb').read();" +
    "print(*(len(zlib.compress(d,n)) for n in range(4,10)))";
  const zlib = (await run("python3", "-c", sizes, temp.path("text"))).trim().split(" ").map(Number);

  const before = new Uint8Array(0);
  const ours: number[] = [];
  for (const level of [4, 5, 6, 7, 8, 9]) {
    ours.push((await deflateBlock({ block: content, before, level })).length);
  }

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

/** What `before` and `block` together are when they are read. */
function inflateBehind(before: Uint8Array, output: Uint8Array): Buffer {
  // Stored, so that every reader knows what was before without help from the encoder.
  const stored = before.length === 0
    ? []
    : [Buffer.from([0, before.length, before.length >> 8, ~before.length, ~before.length >> 8])];
  return inflateRawSync(Buffer.concat([...stored, before, output, Buffer.from([3, 0])]));
}

Deno.test("encodeBlock() refers to what was before, at any size of both", () => {
  const chance = new Random(SEED);
  for (const [index, [kind, make]] of Object.entries(KINDS).entries()) {
    for (let turn = 0; turn < 40; turn++) {
      const bytes = [0, 1, 7, 8, 9, 258, 259, 65_535, 65_536, 262_143, 262_144, 262_145][turn] ??
        chance.below(400_000);
      const reach = [0, 1, 32_767, 32_768][turn % 7] ?? chance.below(32_769);
      const content = make(reach + bytes, SEED + index * 100 + turn);
      const [before, block] = [content.subarray(0, reach), content.subarray(reach)];

      const output = encodeBlock(block, { before, lazyBelow: turn % 20 });

      const label = `${kind}, ${bytes} bytes behind ${reach}`;
      assert.ok(inflateBehind(before, output).equals(content), label);
    }
  }
});

Deno.test("encodeBlock() finds again what repeats at any distance up to the window's, not beyond", () => {
  const piece = noise(200, SEED);
  for (const distance of [1, 2, 3, 200, 255, 256, 257, 4_096, 32_767, 32_768, 32_769]) {
    const block = KINDS.chinese?.(40_000, SEED + distance) ?? new Uint8Array(0);
    block.set(piece, 39_000 - distance);
    for (let at = 0; at < piece.length; at++) {
      block[39_000 + at] = block[39_000 + at - distance] ?? 0;
    }

    const output = encodeBlock(block, { before: new Uint8Array(0), lazyBelow: 8 });

    assert.ok(inflateRawSync(Buffer.concat([output, Buffer.from([3, 0])])).equals(block));
  }
  const behind = (gap: number) => {
    const before = new Uint8Array([...noise(9, SEED), ...piece, ...noise(gap, SEED + 1)]);
    return encodeBlock(piece, { before: before.subarray(-32_768), lazyBelow: 8 }).length;
  };
  assert.ok(behind(32_759 - piece.length) < 100, "well within");
  assert.ok(behind(32_768 - piece.length) < 100, "as far as there may be anything");
  assert.ok(behind(32_768) >= piece.length, "farther than that");
});

Deno.test("encodeBlock() never refers to what lies before the content", () => {
  // The encoder's memory is zero there, like what stands before the repetition.
  const piece = noise(200, SEED);
  const content = Buffer.concat([piece, noise(600, SEED + 1), new Uint8Array(1), piece]);

  const output = encodeBlock(content, { before: new Uint8Array(0), lazyBelow: 8 });

  assert.ok(inflateBehind(new Uint8Array(0), output).equals(content));
});

Deno.test("encodeBlock() of several MiB, and of little after that, in memory that grew", () => {
  for (const size of [1_000, 5 << 20, 1_000, 9 << 20, 0]) {
    const content = KINDS.chinese?.(size, SEED + size) ?? new Uint8Array(0);

    const output = encodeBlock(content, { before: new Uint8Array(0), lazyBelow: 8 });

    assert.ok(inflateBehind(new Uint8Array(0), output).equals(content), `${size} bytes`);
  }
});

Deno.test("encodeBlock() begins another block where one has all the matches it can hold", () => {
  const chance = new Random(SEED);
  const words = noise(4 * 200, SEED);
  const content = new Uint8Array(4 * 70_000);
  for (let at = 0; at < content.length; at += 4) {
    const from = 4 * chance.below(200);
    content.set(words.subarray(from, from + 4), at);
  }

  const output = encodeBlock(content, { before: new Uint8Array(0), lazyBelow: 0 });

  assert.ok(inflateBehind(new Uint8Array(0), output).equals(content));
  assert.ok(output.length < content.length * 0.6, `${output.length} bytes`);
});

Deno.test("deflateStream() lets a block refer to the one before", async () => {
  using pool = new DeflatePool({ workers: 1 });
  const piece = noise(BLOCK_BYTES / 10, SEED);
  const sizeOf = async (...blocks: Uint8Array<ArrayBuffer>[]) => {
    const stream = deflateStream(iterate(blocks), { pool, level: 6, recycle: () => {} });
    return Buffer.concat(await Array.fromAsync(stream)).length;
  };

  assert.ok(await sizeOf(piece.slice(), piece.slice()) < piece.length * 1.1);
  assert.ok(await sizeOf(piece.slice(), noise(piece.length, SEED + 1)) > piece.length * 1.9);
});

async function* iterate<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

Deno.test("encodeBlock() depends on its arguments alone, not on what it encoded before", () => {
  const chance = new Random(SEED);
  const contents = Object.values(KINDS).flatMap((make, index) =>
    [1_000, 70_000, 333_333].map((size) => make(size + index, SEED + size))
  );
  const encode = (content: Uint8Array) =>
    encodeBlock(content.subarray(500), { before: content.subarray(0, 500), lazyBelow: 16 });
  const first = contents.map(encode);

  for (let turn = 0; turn < 40; turn++) {
    const index = chance.below(contents.length);
    const again = encode(contents[index] ?? new Uint8Array(0));

    assert.ok(Buffer.from(again).equals(first[index] ?? Buffer.alloc(0)), `content ${index}`);
  }
});

Deno.test("encodeBlock() does not depend on what lies behind its content", () => {
  const text = (end: string) =>
    new TextEncoder().encode(
      `${"甲乙丙丁戊己庚辛壬癸".repeat(30)}abcdeXXXXXXXXabcdeYYYYYYYYabcde${end}`,
    );
  const encode = (content: Uint8Array) =>
    Buffer.from(encodeBlock(content, { before: new Uint8Array(0), lazyBelow: 16 }));
  const results = ["XXXXXXXX", "YYYYYYYY", "ZZZZZZZZ"].map((longer) => {
    encode(text(longer));
    return encode(text(""));
  });

  assert.ok(results.every((result) => result.equals(results[0] ?? Buffer.alloc(0))));
});

Deno.test("encodeBlock() of content by chance takes 5 bytes for each 64 KiB more", () => {
  for (const size of [0, 1, 1_000, 65_535, 65_536, 1 << 20]) {
    const output = encodeBlock(noise(size, SEED), { before: new Uint8Array(0), lazyBelow: 16 });

    assert.ok(output.length <= size + 5 * (Math.ceil(size / 65_535) + 9), `${size} bytes`);
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
