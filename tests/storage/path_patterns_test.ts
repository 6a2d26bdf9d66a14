import assert from "node:assert/strict";
import { PathPatterns, plainStart } from "../../src/storage/path_patterns.ts";

const NAMED: readonly [pattern: string, path: string, isNamed: boolean][] = [
  ["data/avatars", "data/avatars", true],
  ["data/avatars", "data/avatars/1/a.png", true],
  ["data/avatars", "data/avatars2/a.png", false],
  ["data/avatars", "data", false],
  ["data/*.json", "data/ai.json", true],
  ["data/*.json", "data/.json", false],
  ["data/*.json", "data/.shuku.json", false],
  ["data/*.json", "data/sub/ai.json", false],
  ["data/*.json", "data/ai.json.bak", false],
  ["data/*.json", "data/aixjson", false],
  ["data/*.json", "data/folder.json/inside.txt", true],
  ["data/?.txt", "data/书.txt", true],
  ["data/?.txt", "data/\u{20000}.txt", true],
  ["data/?.txt", "data/ab.txt", false],
  ["*/fonts", "data/fonts/a.ttf", true],
  ["data/a+b (1)", "data/a+b (1)/x", true],
  ["data/[a]", "data/a", false],
  ["data/caf\u00e9", "data/cafe\u0301/x", true],
  ["data/*", "data/two\nlines", true],
];

for (const [pattern, path, isNamed] of NAMED) {
  Deno.test(`PathPatterns: ${pattern} ${isNamed ? "names" : "does not name"} ${JSON.stringify(path)}`, () => {
    assert.equal(new PathPatterns([pattern]).has(path), isNamed);
  });
}

Deno.test("PathPatterns.mayHold() leads to what is named, and nowhere else", () => {
  const patterns = new PathPatterns(["data/avatars", "media/*/thumbs"]);
  const folders = ["data", "data/avatars", "data/avatars/a", "media", "media/x", "media/x/thumbs"];
  const others = ["covers", "data/backups", "data2", "media/x/full", "media/.x"];

  assert.deepEqual(folders.filter((folder) => patterns.mayHold(folder)), folders);
  assert.deepEqual(others.filter((folder) => patterns.mayHold(folder)), []);
});

Deno.test("PathPatterns.folderOf() is the folder that is named, never a file", () => {
  const patterns = new PathPatterns(["data/*", "data/avatars/small", "data/*.json"]);

  assert.equal(patterns.folderOf("data/avatars/small/1.png"), "data/avatars");
  assert.equal(patterns.folderOf("data/ai.json"), null);
  assert.equal(patterns.folderOf("covers/1.jpg"), null);
});

Deno.test("plainStart() ends before the first name with a wildcard", () => {
  assert.equal(plainStart("data/avatars"), "data/avatars");
  assert.equal(plainStart("data/*.json"), "data");
  assert.equal(plainStart("*.json"), "");
  assert.equal(plainStart("a/?/c"), "a");
});
