import assert from "node:assert/strict";
import { encodeMetadata } from "../../src/archive/encode_metadata.ts";
import { type FileRecords, NO_FILES, readFileRecords } from "../../src/archive/file_records.ts";
import { HashList } from "../../src/archive/hash_list.ts";
import { PackedFiles } from "../../src/archive/packed_files.ts";
import { RecordedFiles } from "../../src/archive/recorded_files.ts";
import { RecordsInFile } from "../../src/archive/records_in_file.ts";
import type { FileRecord } from "../../src/archive/types.ts";
import { scratch } from "./support/scratch.ts";

const hash = (index: number) => index.toString(16).padStart(64, "0");
const file = (path: string, index = 0): FileRecord => ({ path, size: index, sha256: hash(index) });

function recordsOf(...paths: string[]): PackedFiles {
  const files = new PackedFiles();
  for (const [index, path] of paths.entries()) files.add(file(path, index));
  return files;
}

function recordedOf(...paths: string[]): RecordedFiles {
  const files = new RecordedFiles();
  for (const [index, path] of paths.entries()) files.add(file(path, index));
  return files;
}

async function textOf(document: object, files: FileRecords): Promise<string> {
  const pieces = await Array.fromAsync(encodeMetadata(document, files));
  return new TextDecoder().decode(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
}

Deno.test("PackedFiles gives back what it took, in order, over many pages", async () => {
  const names = ["covers/1.jpg", 'covers/"}],{.jpg', "covers/封面.png", "x".repeat(4096)];
  const paths = Array.from({ length: 9000 }, (_, index) => `${names[index % 4]}${index % 4000}`)
    .map((path) => path.slice(0, 4096));

  const records = await Array.fromAsync(recordsOf(...paths));

  assert.deepEqual(records, paths.map(file));
  assert.deepEqual(await Array.fromAsync(recordsOf()), []);
  const large = new PackedFiles();
  large.add({ path: "a", size: 2 ** 53 - 1, sha256: "f".repeat(64) });
  assert.deepEqual(await Array.fromAsync(large), [
    { path: "a", size: 2 ** 53 - 1, sha256: "f".repeat(64) },
  ]);
});

Deno.test("encodeMetadata() writes JSON that anybody reads, a line for each file", async () => {
  for (const paths of [[], ["covers/1.jpg", "covers/封面.png"]]) {
    const document = { backup_id: "b", description: "}\n}" };

    const text = await textOf(document, recordsOf(...paths));

    assert.deepEqual(JSON.parse(text), { ...document, files: paths.map(file) });
    assert.equal(text.split("\n").length, paths.length === 0 ? 6 : 7 + paths.length, text);
  }
});

Deno.test("RecordsInFile reads the list where it lies, and notices when the document is another", async () => {
  await using folder = await scratch();
  const path = folder.path("backup.json");
  const paths = Array.from({ length: 5000 }, (_, index) => `covers/${index}.jpg`);
  const text = await textOf({ description: "[" }, recordsOf(...paths));
  await Deno.writeTextFile(path, text);
  const start = text.indexOf("[", text.indexOf('"files"'));
  const list = new RecordsInFile(path, { start, end: text.lastIndexOf("]") + 1 });

  assert.deepEqual(await Array.fromAsync(list), paths.map(file));
  assert.equal(await textOf({ description: "[" }, list), text);

  await Deno.writeTextFile(path, await textOf({ description: "[ longer" }, recordsOf(...paths)));
  await assert.rejects(Array.fromAsync(list), { code: "storage.failed" });
  await Deno.writeTextFile(path, text.slice(0, -200));
  await assert.rejects(Array.fromAsync(list), { code: "storage.failed" });
});

Deno.test("readFileRecords() of a document without a list gives none", async () => {
  async function* document() {
    yield new TextEncoder().encode('{"description": "files"}');
  }

  assert.deepEqual(await Array.fromAsync(readFileRecords(document())), []);
  assert.deepEqual(await Array.fromAsync(NO_FILES), []);
});

Deno.test("RecordedFiles crosses off what is met, in any order and once", () => {
  const paths = Array.from({ length: 9000 }, (_, index) => `covers/${index}.jpg`);
  const orders = [
    paths,
    paths.toReversed(),
    paths.toSorted(),
    paths.slice(1).concat("covers/0.jpg"),
  ];
  for (const order of orders) {
    const recorded = recordedOf(...paths);

    const taken = order.map((path) => recorded.take(path));

    const expected = order.map((path) => file(path, Number(path.match(/\d+/)?.[0])));
    assert.deepEqual(taken, expected);
    assert.equal(recorded.left, 0);
  }
});

Deno.test("RecordedFiles knows what is not in its list, what was met before, and what is left", () => {
  const recorded = recordedOf("a", "b", "c", "b");

  const taken = ["a", "a", "x", "c", "c", "b"].map((path) => recorded.take(path)?.size);

  assert.deepEqual(taken, [0, undefined, undefined, 2, undefined, 1]);
  assert.deepEqual([0, 1, 2, 3].map((place) => recorded.wasMet(place)), [true, true, true, false]);
  assert.equal(recorded.left, 1);
  const untouched = recordedOf("a", "b");
  assert.deepEqual([untouched.left, untouched.wasMet(0)], [2, false]);
});

Deno.test("HashList gives back every hash, and none past the last", () => {
  const list = new HashList();
  for (let index = 0; index < 9000; index++) list.push(hash(index));

  assert.deepEqual([0, 4095, 4096, 8999, 9000].map((index) => list.at(index)), [
    hash(0),
    hash(4095),
    hash(4096),
    hash(8999),
    undefined,
  ]);
});
