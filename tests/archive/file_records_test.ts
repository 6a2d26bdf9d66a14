import assert from "node:assert/strict";
import { encodeMetadata } from "../../src/archive/encode_metadata.ts";
import { ExpectedFiles } from "../../src/archive/expected_files.ts";
import type { FileRecords } from "../../src/archive/file_records.ts";
import { FileRecordsWriter } from "../../src/archive/file_records_writer.ts";
import { parseInnerMetadata } from "../../src/archive/metadata.ts";
import type { FileRecord } from "../../src/archive/types.ts";

const file = (path: string): FileRecord => ({ path, size: 1, sha256: "a".repeat(64) });

function recordsOf(...paths: string[]): FileRecords {
  const writer = new FileRecordsWriter();
  for (const path of paths) writer.add(file(path));
  return writer.finish();
}

Deno.test("FileRecords gives back what FileRecordsWriter took, one by one", () => {
  const paths = ["covers/1.jpg", 'covers/"}],{.jpg', "covers/封面\n.png"];

  const records = recordsOf(...paths);

  assert.deepEqual([...records], paths.map(file));
  assert.deepEqual([records.length, records.at(1), records.at(3)], [
    3,
    file(paths[1] ?? ""),
    undefined,
  ]);
  assert.deepEqual([...recordsOf()], []);
});

Deno.test("encodeMetadata() writes JSON that anybody reads, and that parseInnerMetadata() does", () => {
  for (const paths of [[], ["covers/1.jpg", "covers/封面.png"]]) {
    const document = { backup_id: "b", description: "}\n}" };

    const bytes = encodeMetadata(document, recordsOf(...paths));

    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), {
      ...document,
      files: paths.map(file),
    });
    assert.deepEqual([...parseInnerMetadata(bytes).files ?? []], paths.map(file));
  }
});

Deno.test("ExpectedFiles crosses off what is met, in any order and once", () => {
  const orders = [["a", "b", "c", "d"], ["a", "c", "b", "d"], ["d", "c", "b", "a"]];
  for (const order of orders) {
    const expected = new ExpectedFiles(recordsOf("a", "b", "c", "d"));

    const taken = order.map((path) => expected.take(path));

    assert.deepEqual(taken, order.map(file));
    assert.deepEqual([...expected.rest()], []);
  }
});

Deno.test("ExpectedFiles knows what is not in its list, what was met before, and what is left", () => {
  const expected = new ExpectedFiles(recordsOf("a", "b", "c"));

  const taken = ["a", "a", "x", "c", "c"].map((path) => expected.take(path)?.path);

  assert.deepEqual(taken, ["a", undefined, undefined, "c", undefined]);
  assert.deepEqual([...expected.rest()], ["b"]);
  assert.deepEqual([...new ExpectedFiles(recordsOf("a", "b")).rest()], ["a", "b"]);
});
