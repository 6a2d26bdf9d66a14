import assert from "node:assert/strict";
import { FileTable } from "../../src/backup/file_table.ts";

const found = (name: string, index = 0) => ({
  name,
  sizeBytes: index * 1e9,
  modifiedAt: -index,
  mode: index % 0o10000,
});

Deno.test("FileTable gives back every file with its place on disk and in the archive", () => {
  const files = new FileTable();
  const covers = { folder: "/srv/covers", prefix: "covers" };
  const names = Array.from({ length: 30_000 }, (_, index) => `封面/${index}/😀.jpg`);
  for (const [index, name] of names.entries()) files.add(covers, found(name, index));
  files.add({ folder: "/", prefix: "config" }, found("config.yaml"));

  const listed = [...files];

  assert.equal(files.length, 30_001);
  assert.equal(files.totalBytes, 30_000 * 29_999 / 2 * 1e9);
  assert.deepEqual(listed[29_999], {
    path: "/srv/covers/封面/29999/😀.jpg",
    entry: "covers/封面/29999/😀.jpg",
    sizeBytes: 29_999e9,
    modifiedAt: -29_999,
    mode: 29_999 % 0o10000,
  });
  assert.deepEqual([listed[30_000]?.path, listed[30_000]?.entry], [
    "/config.yaml",
    "config/config.yaml",
  ]);
});

Deno.test("FileTable takes over what is wanted of another", () => {
  const other = new FileTable();
  other.add({ folder: "/a", prefix: "extra/a" }, found("1.txt"));
  other.add({ folder: "/b", prefix: "extra/b" }, found("2.txt"));
  const files = new FileTable();
  files.add({ folder: "/c", prefix: "covers" }, found("3.txt"));

  files.addAll(other, ({ entry }) => entry !== "extra/a/1.txt");

  assert.deepEqual([...files].map(({ path }) => path), ["/c/3.txt", "/b/2.txt"]);
});
