import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "../../src/storage/write_atomic.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("writeAtomic() writes text and bytes, and leaves no temporary", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "状态.json");

  await writeAtomic(path, "一");
  await writeAtomic(path, new Uint8Array([1, 2, 3]));

  assert.deepEqual(await Deno.readFile(path), new Uint8Array([1, 2, 3]));
  assert.deepEqual(await names(folder.path), ["状态.json"]);
});

Deno.test("writeAtomic() gives mode 0600 to a new file and keeps that of a replaced one", async () => {
  await using folder = await tempFolder();
  const fresh = join(folder.path, "fresh");
  const old = join(folder.path, "old");
  const chosen = join(folder.path, "chosen");
  await Deno.writeTextFile(old, "x");
  await Deno.chmod(old, 0o664);

  await writeAtomic(fresh, "1");
  await writeAtomic(old, "2");
  await writeAtomic(chosen, "3", { mode: 0o644 });

  assert.equal(await modeOf(fresh), 0o600);
  assert.equal(await modeOf(old), 0o664);
  assert.equal(await modeOf(chosen), 0o644);
});

Deno.test("writeAtomic() replaces a file that a reader has open, and the reader keeps its own", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await writeAtomic(path, "before");
  using reader = await Deno.open(path);

  await writeAtomic(path, "after");

  const bytes = new Uint8Array(20);
  const read = await reader.read(bytes);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, read ?? 0)), "before");
  assert.equal(await Deno.readTextFile(path), "after");
});

Deno.test("writeAtomic() reports a missing folder and leaves a folder in its way as it was", async () => {
  await using folder = await tempFolder();
  const inTheWay = join(folder.path, "folder");
  await Deno.mkdir(inTheWay);

  await assert.rejects(writeAtomic(join(folder.path, "none", "x"), "1"), {
    code: "storage.missing",
  });
  await assert.rejects(writeAtomic(inTheWay, "1"), { code: "storage.is_folder" });

  assert.deepEqual(await names(folder.path), ["folder"]);
});

async function names(path: string): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
  return found.sort();
}

async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o777;
}
