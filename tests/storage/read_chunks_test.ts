import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { hashFile, readChunks } from "../../src/storage/read_chunks.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const BYTES = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

Deno.test("readChunks() yields the whole file or the range that was asked for", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, BYTES);
  const cases: [number | undefined, number | undefined][] = [
    ...[[undefined, undefined], [0, 0], [1, 4096], [4000, 9_000]] as [number?, number?][],
    ...[[9_999, 50_000], [10_000, undefined], [20_000, undefined]] as [number?, number?][],
  ].map(([start, end]) => [start, end]);

  for (const [start, end] of cases) {
    const range = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    const chunks = await Array.fromAsync(readChunks(path, { ...range, chunkBytes: 1024 }));

    assert.deepEqual(
      new Uint8Array(chunks.flatMap((chunk) => [...chunk])),
      BYTES.slice(start, end),
    );
  }
});

Deno.test("readChunks() lets the receiver keep a chunk, unless it asks for one buffer", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, BYTES);

  const [first] = await Array.fromAsync(readChunks(path, { chunkBytes: 100 }));
  const [reused] = await Array.fromAsync(readChunks(path, { chunkBytes: 100, reuseBuffer: true }));

  assert.deepEqual(first, BYTES.slice(0, 100));
  assert.deepEqual(reused, BYTES.slice(9_900));
});

Deno.test("readChunks() closes the file when the reader leaves early, and stops on its signal", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, BYTES);
  const controller = new AbortController();
  const reason = new Error("enough");

  for await (const _chunk of readChunks(path, { chunkBytes: 10 })) break;
  const reading = async () => {
    const options = { chunkBytes: 10, signal: controller.signal };
    for await (const _chunk of readChunks(path, options)) controller.abort(reason);
  };

  await assert.rejects(reading(), reason);
});

Deno.test("readChunks() reports a missing file and a folder", async () => {
  await using folder = await tempFolder();

  await assert.rejects(readChunks(join(folder.path, "none")).next(), { code: "storage.missing" });
  await assert.rejects(readChunks(folder.path).next(), { code: "storage.is_folder" });
});

Deno.test("hashFile() agrees with md5sum and sha256sum", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, BYTES);
  const sum = async (tool: string) => (await run(tool, [path])).stdout.split(" ")[0];

  const hashes = await hashFile(path, ["md5", "sha256"], { chunkBytes: 777 });

  assert.deepEqual(hashes, { md5: await sum("md5sum"), sha256: await sum("sha256sum") });
});

Deno.test("readChunks() fills the memory it is given, and only the last chunk is not full", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  const content = crypto.getRandomValues(new Uint8Array(2500));
  await Deno.writeFile(path, content);
  const given: ArrayBuffer[] = [];
  const take = () => {
    const memory = new Uint8Array(1000);
    given.push(memory.buffer);
    return memory;
  };

  const chunks = await Array.fromAsync(readChunks(path, { take }));

  assert.deepEqual(chunks.map(({ length }) => length), [1000, 1000, 500]);
  assert.ok(chunks.every(({ buffer }, index) => buffer === given[index]));
  assert.deepEqual(Buffer.concat(chunks), Buffer.from(content));
});
