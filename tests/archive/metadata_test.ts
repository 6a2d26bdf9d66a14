import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInnerMetadata } from "../../src/archive/metadata.ts";

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const HASH = "a".repeat(64);
const FILE = JSON.stringify({ path: "covers/1.jpg", size: 1, sha256: HASH });

Deno.test("parseInnerMetadata() reads what is there, fills what every backup has, drops the unknown", () => {
  const metadata = parseInnerMetadata(bytes({
    backup_id: "backup_20260115_230000",
    includes: ["covers", "database", "moon"],
    checksum: "",
    file_size: 0,
    kind: "auto",
    rows: { books: 3 },
    files: [{ path: "covers/1.jpg", size: 1, sha256: HASH, more: 1 }],
    symlinks: null,
  }));

  assert.deepEqual({ ...metadata, files: [...metadata.files ?? []] }, {
    backup_id: "backup_20260115_230000",
    created_at: "",
    description: "",
    includes: ["database", "covers"],
    version: "",
    kind: "auto",
    rows: { books: 3 },
    files: [{ path: "covers/1.jpg", size: 1, sha256: HASH }],
  });
});

Deno.test("parseInnerMetadata() refuses wrong types and shapes", () => {
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
    `["files": [${FILE}]]`,
    { missing_covers: [1] },
    { schema: { alembic: [1] } },
    "[".repeat(40) + "]".repeat(40),
  ];
  for (const value of wrong) {
    assert.throws(
      () => parseInnerMetadata(bytes(value)),
      { code: "archive.damaged" },
      String(value),
    );
  }
  assert.throws(() => parseInnerMetadata(Uint8Array.from([0x7b, 0xff, 0x7d])), {
    code: "archive.damaged",
  });
});

Deno.test("parseInnerMetadata() refuses what is small as a file and large in memory", () => {
  const names = Array.from({ length: 450_001 }, (_, index) => `"${index}":1`).join();
  const cases: [string, string][] = [
    [`{"a":[${"1,".repeat(600_000)}1]}`, "archive.too_large"],
    [`{"a":[${"{},".repeat(300_000)}1]}`, "archive.too_large"],
    [`{"a":{${names}}}`, "archive.too_large"],
    [`{"missing_covers":[${'"",'.repeat(200_000)}""]}`, "archive.damaged"],
    [`{"description":"${"x".repeat(65_537)}"}`, "archive.damaged"],
    [" ".repeat(24 * 1024 * 1024 + 1), "archive.too_large"],
  ];
  for (const [text, code] of cases) {
    assert.throws(() => parseInnerMetadata(bytes(text)), { code }, text.slice(0, 40));
  }
});

Deno.test("parseInnerMetadata() reads the list of a library with 149,000 files", () => {
  const files = Array.from({ length: 149_000 }, (_, index) => ({
    path: `covers/${index}.jpg`,
    size: index,
    sha256: HASH,
  }));

  const metadata = parseInnerMetadata(bytes(JSON.stringify({ files }, null, 2)));

  assert.deepEqual([...metadata.files ?? []], files);
});

Deno.test("parseInnerMetadata() counts brackets in texts as text", () => {
  const description = '\\"' + "[{".repeat(100);

  assert.equal(parseInnerMetadata(bytes({ description })).description, description);
});

Deno.test("parseInnerMetadata() takes no prototype from a stranger", () => {
  const metadata = parseInnerMetadata(
    bytes('{"__proto__": {"kind": "auto"}, "rows": {"__proto__": 1}}'),
  );

  assert.equal(metadata.kind, undefined);
  assert.deepEqual(Object.keys(metadata.rows ?? {}), ["__proto__"]);
});

Deno.test("parseInnerMetadata() finds the files wherever they stand, and nothing else that is called so", () => {
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
    fc.property(others, fc.array(file), indents, fc.boolean(), (rest, files, indent, first) => {
      const document = first ? { files, ...rest } : { ...rest, files };

      const metadata = parseInnerMetadata(bytes(JSON.stringify(document, null, indent)));

      assert.deepEqual([...metadata.files ?? []], files);
      assert.equal(metadata.description, rest.description);
    }),
  );
});
