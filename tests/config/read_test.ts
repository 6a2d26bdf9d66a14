import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { OtherScalar } from "../../src/config/plain_scalar.ts";
import { decodeConfig, parseConfig } from "../../src/config/read.ts";

const date = (text: string) => new OtherScalar("timestamp", text);

/** What PyYAML 6.0.3's `safe_load` makes of each text, as JSON has it. */
const AS_PYYAML: Readonly<Record<string, unknown>> = {
  yes: true,
  Off: false,
  "TRUE": true,
  tRue: "tRue",
  y: "y",
  N: "N",
  "~": null,
  Null: null,
  nUll: "nUll",
  "0100": 64,
  "08": "08",
  "0o17": "0o17",
  "0b101": 5,
  "0x1F": 31,
  "1_000": 1000,
  "+5": 5,
  "-0x10": -16,
  "12:30": 750,
  "190:20:30": 685230,
  "08:30": "08:30",
  "1:60": "1:60",
  "1e3": "1e3",
  "1.5e3": "1.5e3",
  "1.5e+3": 1500,
  "1234567e8": "1234567e8",
  "1.": 1,
  ".5": 0.5,
  "190:20:30.15": 685230.15,
  "-.inf": -Infinity,
  "1012345678901234567": new OtherScalar("int", "1012345678901234567"),
  "2026-01-05": date("2026-01-05"),
  "2026-01-05T10:00:00+08:00": date("2026-01-05T10:00:00+08:00"),
  "2026-1-5": "2026-1-5",
  "!!str 5": "5",
  '!!int "0x10"': 16,
  '! "5"': 5,
  "!!binary aGk=": new OtherScalar("binary", "aGk="),
  "!env HOME": new OtherScalar("!env", "HOME"),
  "a#b": "a#b",
  "a #b": "a",
  '"x"#c': "x",
  "1\t# c": 1,
  "'it''s'": "it's",
  '"\\x41\\u4e2d\\/"': "A中/",
  "[1, [a, {b: c}]]": [1, ["a", { b: "c" }]],
  "{a, b: }": { a: null, b: null },
};

Deno.test("parseConfig() reads values as the library's parser does", () => {
  for (const [text, value] of Object.entries(AS_PYYAML)) {
    assert.deepEqual(parseConfig(`v: ${text}\n`, "x").data["v"], value, text);
  }
});

Deno.test("parseConfig() refuses no document that the library's parser loads", () => {
  const cases: Readonly<Record<string, unknown>> = {
    "": {},
    "# nothing\n": {},
    "---\n": {},
    "~\n": {},
    "\ufeffa: 1\n": { a: 1 },
    "%YAML 1.2\n---\na: yes\nb: 0600\n": { a: true, b: 384 },
    "%YAML 1.3\n---\na: off\n": { a: false },
    "a: 1\n...\n": { a: 1 },
    "a: 1\r\nb: 2\r\n": { a: 1, b: 2 },
    "a: 1\rb: 2": { a: 1, b: 2 },
    "a: 1\u0085b: 2\u2028c: 3\u2029d: 4": { a: 1, b: 2, c: 3, d: 4 },
    "a: |\n  text": { a: "text" },
    "a: |\n  text\n": { a: "text\n" },
    "a: [\n  x,\n  y # c\n]\n": { a: ["x", "y"] },
    "a:\n- x\n- y\n": { a: ["x", "y"] },
    "a: &x {b: 1}\nc: *x\n": { a: { b: 1 }, c: { b: 1 } },
    "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n": { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } },
    "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}\n": {
      a: { k: 1 },
      b: { k: 2, l: 2 },
      c: { k: 1, l: 2 },
    },
    '"<<": 1\n': { "<<": 1 },
    "1: a\n~: b\n2026-01-05: c\n": { "1": "a", "~": "b", "2026-01-05": "c" },
    "a: !!omap [{b: 1}]\nc: !!set {d, e}\n": { a: [{ b: 1 }], c: { d: null, e: null } },
    "? a\n: 1\n": { a: 1 },
    "__proto__: {a: 1}\n": JSON.parse('{"__proto__": {"a": 1}}'),
  };
  for (const [text, data] of Object.entries(cases)) {
    assert.deepEqual(parseConfig(text, "x").data, data, JSON.stringify(text));
    assert.deepEqual(parseConfig(text, "x").warnings, [], JSON.stringify(text));
  }
});

Deno.test("parseConfig() lets the last of two equal keys count, wherever they stand, and says so", () => {
  const { data, warnings } = parseConfig(
    "opds: {title: a, title: b}\nserver:\n  port: 1\n  port: 2\nopds: {x: 1}\n",
    "x",
  );

  assert.deepEqual(data, { opds: { x: 1 }, server: { port: 2 } });
  assert.deepEqual(warnings.map(({ en }) => /key (\w+) stands more than once/.exec(en)?.[1]), [
    "title",
    "port",
    "opds",
  ]);
});

Deno.test("parseConfig() warns of what it does not know and goes on", () => {
  const { data, warnings } = parseConfig(
    "a: !secret db\nb: !secret other\nc: &c [*c]\nd: 1\n---\ne: 2\n",
    "x",
  );

  assert.deepEqual(data["d"], 1);
  assert.deepEqual(data["c"], [null]);
  assert.equal("e" in data, false);
  assert.deepEqual(warnings.map(({ en }) => /more than one|!secret|\*c/.exec(en)?.[0]), [
    "more than one",
    "!secret",
    "*c",
  ]);
});

Deno.test("parseConfig() says in both languages what does not parse, and where", () => {
  const cases: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
    "a:\n\tb: 1\n": [/line 2 is indented with a tab/, /第 2 行用制表符/],
    "a: 1\nb: *none\n": [/alias \*none names nothing/, /别名 \*none/],
    "a: [1\nb: 2\n": [/line 2/, /第 2 行/],
    "- 1\n": [/not a mapping/, /不是键值映射/],
  };
  for (const [text, [en, zh]] of Object.entries(cases)) {
    assert.throws(() => parseConfig(text, "x"), (error) => {
      assert(isAppError(error, "config.unreadable"), `${text}: ${error}`);
      assert.match(describeError(error, "en"), en);
      assert.match(describeError(error, "zh"), zh);
      return true;
    });
  }
});

Deno.test("decodeConfig() keeps the byte order mark, and refuses what is not UTF-8", () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x61]);

  assert.deepEqual(new TextEncoder().encode(decodeConfig(bytes, "x")), bytes);
  assert.throws(
    () => decodeConfig(new Uint8Array([0xb7, 0xe2]), "x"),
    (error) => isAppError(error, "config.unreadable"),
  );
});
