import assert from "node:assert/strict";
import { readSidecar } from "../../src/backup/sidecar.ts";
import { testLibrary } from "../helpers/test_library.ts";
import { testStore } from "../helpers/test_store.ts";

async function fixture() {
  const library = await testLibrary();
  const store = await testStore(library);
  const { backup_id } = await store.create({ includes: ["covers"] });
  const path = store.catalog.sidecarPath(backup_id);
  return {
    store,
    id: backup_id,
    path,
    text: await Deno.readTextFile(path),
    [Symbol.asyncDispose]: () => library[Symbol.asyncDispose](),
  };
}

async function filesIn(path: string): Promise<string[]> {
  const sidecar = await readSidecar(path);
  assert.ok(sidecar !== null);
  return (await Array.fromAsync(sidecar.files)).map(({ path }) => path);
}

Deno.test("readSidecar() reads what a person edited: other order, other spaces", async () => {
  await using fix = await fixture();
  const { files, ...others } = JSON.parse(fix.text);
  const expected = files.map(({ path }: { path: string }) => path);

  for (
    const text of [
      fix.text,
      JSON.stringify({ ...others, files }),
      JSON.stringify({ files, ...others }, null, 4),
      `${fix.text}\n\n`,
    ]
  ) {
    await Deno.writeTextFile(fix.path, text);

    assert.deepEqual(await filesIn(fix.path), expected, text.slice(0, 60));
  }
});

Deno.test("readSidecar() takes nothing that is not one of ours", async () => {
  await using fix = await fixture();
  const { files: _files, ...others } = JSON.parse(fix.text);

  for (
    const text of [
      "",
      "{}",
      "[]",
      JSON.stringify(others),
      fix.text.slice(0, -10),
      fix.text.replace("[", "{"),
      JSON.stringify({ files: [] }),
      JSON.stringify({ ...others, pinned: "yes", files: [] }),
    ]
  ) {
    await Deno.writeTextFile(fix.path, text);

    assert.equal(await readSidecar(fix.path), null, text.slice(0, 60));
  }
});

Deno.test("a change beside a backup keeps every byte of its list of files", async () => {
  await using fix = await fixture();
  const listOf = (text: string) => text.slice(text.indexOf('"files"'));

  await Promise.all([
    fix.store.catalog.update(fix.id, { pinned: true }),
    fix.store.catalog.update(fix.id, { description: "长长的描述".repeat(100) }),
    fix.store.catalog.update(fix.id, { verified_at: null }),
  ]);

  const text = await Deno.readTextFile(fix.path);
  assert.equal(listOf(text), listOf(fix.text));
  assert.doesNotThrow(() => JSON.parse(text));
});
