import assert from "node:assert/strict";
import { editConfigText } from "../../src/config/edit_config_text.ts";
import { parseConfigText } from "../../src/config/read.ts";

Deno.test("editConfigText() changes values and nothing around them", () => {
  const text = `# our library
server:
  port: 8080 # behind the proxy
backup:
  # keep a week
  retention_count: 7
  default_includes: [database, covers]
other: [1, 2]   # kept
`;

  const edited = editConfigText(
    text,
    new Map<string, unknown>([["backup.retention_count", 9], ["backup.file_mode", "0600"]]),
  );

  assert.equal(
    edited,
    `# our library
server:
  port: 8080 # behind the proxy
backup:
  # keep a week
  retention_count: 9
  default_includes: [ database, covers ]
  file_mode: "0600"
other: [ 1, 2 ] # kept
`,
  );
});

Deno.test("editConfigText() makes and removes keys, also in an empty file", () => {
  assert.deepEqual(
    parseConfigText(editConfigText("", new Map([["a.b.c", true]])), "x"),
    { a: { b: { c: true } } },
  );
  assert.deepEqual(
    parseConfigText(
      editConfigText("a: 1\nb: { c: 2, d: 3 }\n", new Map([["b.c", undefined]])),
      "x",
    ),
    { a: 1, b: { d: 3 } },
  );
  assert.deepEqual(
    parseConfigText(editConfigText("a: 1\n", new Map([["a.b", 2], ["z.y", undefined]])), "x"),
    { a: { b: 2 } },
  );
});

Deno.test("editConfigText() gets the data right where aliases forbid keeping the form", () => {
  const text = "base: &b { host: a, port: 1 }\nserver: *b\nname: &n x\nalso: *n\n";

  const edited = editConfigText(
    text,
    new Map<string, unknown>([["server.port", 2], ["name", undefined]]),
  );

  assert.deepEqual(parseConfigText(edited, "x"), {
    base: { host: "a", port: 1 },
    server: { host: "a", port: 2 },
    also: "x",
  });
});

Deno.test("editConfigText() changes an anchored value without changing its aliases", () => {
  const edited = editConfigText(
    "base: &b { port: 1 }\nserver: *b\n",
    new Map([["base.port", 2]]),
  );

  assert.deepEqual(parseConfigText(edited, "x"), { base: { port: 2 }, server: { port: 1 } });
});

Deno.test("editConfigText() writes text that YAML 1.1 readers take for text", () => {
  const values = ["yes", "0600", "12:30", "null", "1e3", "a: b", "- x", "多行\n文本", " "];
  for (const value of values) {
    const edited = editConfigText("a: old\n", new Map([["a", value]]));
    assert.deepEqual(parseConfigText(edited, "x"), { a: value });
  }
});
