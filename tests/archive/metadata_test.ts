import assert from "node:assert/strict";
import fc from "fast-check";
import { MetadataReader, type ReadMetadata } from "../../src/archive/metadata.ts";
import type { FileRecord } from "../../src/archive/types.ts";

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** Reads a document in pieces of one size, and what it lists. */
function read(value: unknown, pieceBytes = 1000): { metadata: ReadMetadata; files: FileRecord[] } {
  const all = bytes(value);
  const files: FileRecord[] = [];
  const reader = new MetadataReader((some) => void files.push(...some));
  for (let at = 0; at < all.length; at += pieceBytes) {
    reader.push(all.subarray(at, at + pieceBytes));
  }
  return { metadata: reader.finish(), files };
}

const HASH = "a".repeat(64);
const FILE = JSON.stringify({ path: "covers/1.jpg", size: 1, sha256: HASH });

Deno.test("MetadataReader reads what is there, fills what every backup has, drops the unknown", () => {
  const { metadata, files } = read({
    backup_id: "backup_20260115_230000",
    includes: ["covers", "database", "moon"],
    checksum: "",
    file_size: 0,
    kind: "auto",
    rows: { books: 3 },
    files: [{ path: "covers/1.jpg", size: 1, sha256: HASH, more: 1 }],
    symlinks: null,
  });

  assert.deepEqual({ ...metadata, files }, {
    backup_id: "backup_20260115_230000",
    created_at: "",
    description: "",
    includes: ["database", "covers"],
    version: "",
    kind: "auto",
    rows: { books: 3 },
    listsFiles: true,
    files: [{ path: "covers/1.jpg", size: 1, sha256: HASH }],
  });
  assert.equal(read({ files: null }).metadata.listsFiles, false);
});

Deno.test("MetadataReader refuses wrong types and shapes", () => {
  const wrong: unknown[] = [
    "",
    "[]",
    "null",
    '"text"',
    "{",
    "\u{feff}{}x",
    { backup_id: 7 },
    { description: ["x"] },
    { includes: "covers" },
    { includes: [1] },
    { kind: "daily" },
    { shrunk: "yes" },
    { rows: [] },
    { rows: { books: -1 } },
    { rows: { books: 1.5 } },
    { files: {} },
    { files: [null] },
    { files: [{ path: "x", size: 1 }] },
    { files: [{ path: "x", size: -1, sha256: HASH }] },
    { files: [{ path: "x", size: 1, sha256: "short" }] },
    `{"files": [${FILE},]}`,
    `{"files": [,${FILE}]}`,
    `{"files": [${FILE},,${FILE}]}`,
    `{"files": [${FILE} ${FILE}]}`,
    `{"files": [${FILE} 1]}`,
    `{"files": [${FILE}, "x"]}`,
    `{"files": [${FILE}:${FILE}]}`,
    `{"files": ["x" ${FILE}]}`,
    `{"files": [:${FILE}]}`,
    `{"files": [${FILE}\u0001]}`,
    `{"files": [${FILE}`,
    `{"files": [${FILE}}`,
    `{"files": [[${FILE}]]}`,
    `{"files": [${FILE.replace("}", "]")}]}`,
    `{"files": [${FILE.replace(":", "")}]}`,
    `{"files": [${FILE}], "files": [${FILE}]}`,
    `{"\\u0066iles": [${FILE}]}`,
    `{"files": [${FILE}], "\\u0066iles": [${FILE}]}`,
    `{"files": [${FILE}], "files": null}`,
    `{"files": null, "files": {}}`,
    { files: [{ path: "x".repeat(4097), size: 1, sha256: HASH }] },
    `{"files": [${FILE.replace("covers", "\\ud800")}]}`,
    `["files": [${FILE}]]`,
    { missing_covers: [1] },
    { schema: { alembic: [1] } },
    "[".repeat(40) + "]".repeat(40),
  ];
  for (const value of wrong) {
    for (const pieceBytes of [1, 7, 1000]) {
      assert.throws(() => read(value, pieceBytes), { code: "archive.damaged" }, String(value));
    }
  }
  const reader = new MetadataReader();
  reader.push(Uint8Array.from([0x7b, 0xff, 0x7d]));
  assert.throws(() => reader.finish(), { code: "archive.damaged" });
});

Deno.test("MetadataReader refuses what is small as a file and large in memory", () => {
  const names = Array.from({ length: 450_001 }, (_, index) => `"${index}":1`).join();
  const cases: [string, string][] = [
    [`{"a":[${"1,".repeat(600_000)}1]}`, "archive.too_large"],
    [`{"a":[${"{},".repeat(300_000)}1]}`, "archive.too_large"],
    [`{"a":{${names}}}`, "archive.too_large"],
    [`{"description":"${"x".repeat(65_537)}"}`, "archive.damaged"],
    [" ".repeat(24 * 1024 * 1024 + 1), "archive.too_large"],
    [`{"files":[{"path":"${"x".repeat(100_000)}`, "archive.too_large"],
  ];
  for (const [text, code] of cases) {
    assert.throws(() => read(text, 1 << 20), { code }, text.slice(0, 40));
  }
});

Deno.test("MetadataReader reads the list of a library with 300,000 files", () => {
  const files = Array.from({ length: 300_000 }, (_, index) => ({
    path: `covers/${index}.jpg`,
    size: index,
    sha256: HASH,
  }));

  const found = read(JSON.stringify({ files }, null, 2), 1 << 18);

  assert.deepEqual(found.files, files);
});

Deno.test("MetadataReader passes over what is too long in a list that is only told", () => {
  const missing = ["1.jpg", "x".repeat(65_537), ...Array(200_001).fill("2.jpg")];

  const { metadata } = read({ missing_covers: missing, symlinks: ["x".repeat(70_000)] });

  assert.deepEqual(metadata.missing_covers?.slice(0, 3), ["1.jpg", "2.jpg", "2.jpg"]);
  assert.equal(metadata.missing_covers?.length, 199_999);
  assert.deepEqual(metadata.symlinks, []);
});

Deno.test("MetadataReader counts brackets in texts as text", () => {
  const description = '\\"' + "[{".repeat(100);

  assert.equal(read({ description }).metadata.description, description);
});

Deno.test("MetadataReader takes no prototype from a stranger", () => {
  const { metadata } = read('{"__proto__": {"kind": "auto"}, "rows": {"__proto__": 1}}');

  assert.equal(metadata.kind, undefined);
  assert.deepEqual(Object.keys(metadata.rows ?? {}), ["__proto__"]);
});

Deno.test("MetadataReader finds the files wherever they stand, and nothing else that is called so", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  const file = fc.record({
    path: text,
    size: fc.nat(),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  }, { noNullPrototype: true });
  const others = fc.record({
    description: fc.oneof(text, fc.constant('"files": [{}]')),
    schema: fc.constant({ files: [1], alembic: [] }),
    unknown: fc.jsonValue({ maxDepth: 4 }),
  });
  const indents = fc.constantFrom(0, 2, "\t", "\n");

  fc.assert(
    fc.property(
      others,
      fc.array(file),
      indents,
      fc.boolean(),
      fc.integer({ min: 1, max: 200 }),
      (rest, files, indent, first, pieceBytes) => {
        const document = first ? { files, ...rest } : { ...rest, files };

        const found = read(JSON.stringify(document, null, indent), pieceBytes);

        assert.deepEqual(found.files, files);
        assert.equal(found.metadata.description, rest.description);
      },
    ),
  );
});
