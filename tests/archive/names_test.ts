import assert from "node:assert/strict";
import { dosTime } from "../../src/archive/dos_time.ts";
import { checkEntryPath, foldPath, partOf } from "../../src/archive/entry_path.ts";
import { NameTable } from "../../src/archive/name_table.ts";

Deno.test("checkEntryPath() gives back names that a library really has", () => {
  const names = [
    "database/library.db",
    "covers/封面/红楼梦 (1).jpg",
    "covers/Book: Title.jpg",
    "covers/...jpg",
    "covers/..a/.hidden",
    "covers/ trailing ",
    "metadata.json",
    "covers/" + "字".repeat(85),
  ];
  for (const name of names) assert.equal(checkEntryPath(name), name);
});

Deno.test("partOf() goes by the first segment alone", () => {
  const parts = ["database/x", "covers/a/b", "config/x", "extra/x", "metadata.json"].map(partOf);

  assert.deepEqual(parts, ["database", "covers", "config", "extra", "metadata"]);
  for (const name of ["covers", "Covers/x", "covers2/x", "x", "a/covers/x", "a/metadata.json"]) {
    assert.equal(partOf(name), null, name);
  }
});

Deno.test("foldPath() makes equal what some file system takes for equal, and nothing else", () => {
  assert.equal(foldPath("É/A.JPG"), foldPath("e\u0301/a.jpg"));
  assert.notEqual(foldPath("ß"), foldPath("ss"));
  assert.notEqual(foldPath("红"), foldPath("紅"));
});

Deno.test("NameTable recognises every name it was given and takes no new one for an old", () => {
  const table = new NameTable();
  for (let index = 0; index < 50_000; index++) {
    assert.ok(table.add(`covers/${index}.jpg`), `${index}`);
  }
  for (let index = 0; index < 50_000; index += 7) {
    assert.ok(table.has(`covers/${index}.jpg`));
    assert.ok(!table.add(`covers/${index}.jpg`));
    assert.ok(!table.has(`covers/${index}.png`));
  }
});

Deno.test("dosTime() is local time in two-second steps, inside what ZIP can say", () => {
  const fields = (value: number) => [
    (value >>> 25) + 1980,
    (value >>> 21) & 15,
    (value >>> 16) & 31,
    (value >>> 11) & 31,
    (value >>> 5) & 63,
    (value & 31) * 2,
  ];

  assert.deepEqual(fields(dosTime(Date.UTC(2026, 0, 15, 15, 30, 43), "Asia/Shanghai")), [
    ...[2026, 1, 15, 23, 30, 42],
  ]);
  assert.deepEqual(fields(dosTime(0, "UTC")), [1980, 1, 1, 0, 0, 0]);
  assert.deepEqual(fields(dosTime(Date.UTC(2200, 0), "UTC")), [2107, 12, 31, 23, 59, 58]);
});
