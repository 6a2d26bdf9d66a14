import assert from "node:assert/strict";
import { join } from "node:path";
import { openFileSource } from "../../src/storage/file_source.ts";
import { bytesSource, type Source } from "../../src/storage/source.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const BYTES = new TextEncoder().encode("the novels of a long winter");

/** What every source promises. */
async function checkSource(source: Source): Promise<void> {
  const read = async (offset: number, length: number) => {
    const buffer = new Uint8Array(length);
    return new TextDecoder().decode(buffer.subarray(0, await source.read(offset, buffer)));
  };

  assert.equal(source.size, BYTES.length);
  assert.equal(await read(4, 6), "novels");
  assert.equal(await read(21, 100), "winter");
  assert.equal(await read(BYTES.length, 5), "");
  assert.equal(await read(BYTES.length + 100, 5), "");
  assert.deepEqual(await Promise.all([read(0, 3), read(14, 6)]), ["the", "a long"]);
}

Deno.test("bytesSource() reads memory at any place", async () => {
  await checkSource(bytesSource(BYTES));
});

Deno.test("openFileSource() reads a file at any place, as it was when it was opened", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeFile(path, BYTES);
  await using source = await openFileSource(path);
  await Deno.writeTextFile(path, " and more", { append: true });

  await checkSource(source);
});

Deno.test("openFileSource() says storage.missing for what is not there", async () => {
  await assert.rejects(openFileSource("/proc/none"), { code: "storage.missing" });
});
