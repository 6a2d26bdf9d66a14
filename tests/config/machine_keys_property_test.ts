import assert from "node:assert/strict";
import fc from "fast-check";
import { isAppError } from "../../src/base/errors.ts";
import { differingKeys, leavesOf } from "../../src/config/diff_config.ts";
import { mergeMachineKeys } from "../../src/config/machine_keys.ts";
import { parseConfig } from "../../src/config/read.ts";

/** Some lines of a configuration, and which of them no restore may touch. */
interface Piece {
  readonly text: string;
  /** In the order of the text; each must come out byte for byte. */
  readonly untouched: readonly string[];
}

const MACHINE = /^(?:server|database|security|timezone|targets)$/;
const MACHINE_IN: Readonly<Record<string, RegExp>> = {
  backup: /^(?:backup_path|state_file|encryption_key|retention_days)$/,
  logging: /^file$/,
};

const names: Readonly<Record<string, readonly string[]>> = {
  server: ["host", "port", "reload"],
  database: ["url", "pool"],
  security: ["secret_key", "algorithm"],
  backup: ["backup_path", "state_file", "encryption_key", "retention_days", "level", "webdav"],
  logging: ["file", "level"],
  opds: ["title", "since", "n"],
};

/** One line, good inside braces too. */
const short = fc.constantFrom(
  "8080",
  "0x1F90",
  "1012345678901234567",
  "2026-01-05T10:00:00+08:00",
  "1234567e8",
  "0o17",
  "12:30:45",
  "yes",
  "~",
  "/mnt/b",
  "sqlite+aiosqlite:///data/library.db",
  "中文 书库",
  "'it''s'",
  '"a\\n\\u4e2d # x"',
  "!!binary aGVsbG8=",
  "!!str 5",
  "!secret pw",
  "&p anchored",
  "[1, 2, {a: b}]",
  "{x: 1, y: [2,3 , 4]}",
  "*shared",
);
/** Of several lines: the indentation of the key comes before each but the first. */
const long = fc.constantFrom(
  ["|", "  block", "    text"],
  ["|+", "  keep", "", ""],
  [">-", "  fold", "  ed"],
  ['"multi', '  line"'],
  ["[a,", "  b, # c", "  c]"],
  ["plain", "  of two lines"],
);
const value = fc.oneof({ weight: 4, arbitrary: short }, { weight: 1, arbitrary: long });
const comment = fc.constantFrom("", "", " # c", "\t# 说明: x - y");
const quoted = (name: string) => fc.constantFrom(name, name, `'${name}'`, `"${name}"`);
const space = fc.constantFrom(" ", " ", "   ");

function isMachines(section: string, name: string): boolean {
  return MACHINE.test(section) || (MACHINE_IN[section]?.test(name) ?? false);
}

/** Each entry on a line of its own, or several. */
function blockSection(section: string): fc.Arbitrary<Piece> {
  const entry = fc.constantFrom(...names[section] ?? []).chain((name) =>
    fc.record({ written: quoted(name), gap: space, value, end: comment }).map((parts) => ({
      name,
      ...parts,
    }))
  );
  const options = { minLength: 1, maxLength: 6, selector: ({ name }: { name: string }) => name };
  return fc.record({
    head: quoted(section),
    end: comment,
    indent: fc.constantFrom("  ", "    ", " "),
    entries: fc.uniqueArray(entry, options),
    note: fc.boolean(),
  }).map(({ head, end, indent, entries, note }) => {
    const lines: string[] = [];
    const untouched: string[] = [];
    for (const { name, written, gap, value, end } of entries) {
      const text = typeof value === "string"
        ? `${written}:${gap}${value}${end}`
        : `${written}:${gap}${value.join(`\n${indent}`).replaceAll(/\n +(?=\n|$)/g, "\n")}`;
      if (note) lines.push(`${indent}# about ${name}`);
      lines.push(indent + text);
      if (!isMachines(section, name)) untouched.push(`${indent}${text}\n`);
    }
    const text = `${head}:${end}\n${lines.join("\n")}\n`;
    return { text, untouched: section in MACHINE_IN ? untouched : ownText(section, text) };
  });
}

/** All entries in braces. */
function flowSection(section: string): fc.Arbitrary<Piece> {
  const entry = fc.record({
    name: fc.constantFrom(...names[section] ?? []),
    gap: space,
    value: short,
  });
  const options = { maxLength: 5, selector: ({ name }: { name: string }) => name };
  return fc.record({
    head: quoted(section),
    end: comment,
    entries: fc.uniqueArray(entry, options),
    comma: fc.constantFrom(", ", " , ", ",\n  "),
    last: fc.constantFrom("", " ", ","),
  }).map(({ head, end, entries, comma, last }) => {
    const rows = entries.map(({ name, gap, value }) => `${name}:${gap}${value}`);
    const inside = rows.join(comma) + (rows.length > 0 ? last : "");
    const text = `${head}: {${inside}}${end}\n`;
    const kept = entries.flatMap(({ name }, at) =>
      isMachines(section, name) ? [] : [rows[at] ?? ""]
    );
    return { text, untouched: section in MACHINE_IN ? kept : ownText(section, text) };
  });
}

function ownText(section: string, text: string): string[] {
  return MACHINE.test(section) ? [] : [text];
}

const line = fc.constantFrom(
  "# 书库\n",
  "\n",
  "  # indented\n",
  "owner_id: 1012345678901234567\n",
  "icon: !!binary |\n  aGVsbG8=\n",
  "? [a, b]\n: complex\n",
).map((text): Piece => ({ text, untouched: text.trim() === "" ? [] : [text] }));
const single = fc.constantFrom(
  "timezone: UTC\n",
  "timezone: 'Asia/Shanghai'  # zone\n",
  "targets:\n- a: 1\n  b: |\n    t\n- c\n",
  "targets: []\n",
).map((text): Piece => ({ text, untouched: [] }));
const section = fc.constantFrom(...Object.keys(names)).chain((name) =>
  fc.oneof(blockSection(name), flowSection(name))
);
const head = fc.constantFrom("", "", "%YAML 1.2\n---\n", "--- \n");
const tail = fc.constantFrom("", "", "...\n");

/** A configuration as somebody may have written it by hand. */
const config = fc.record({
  head,
  tail,
  shared: fc.boolean(),
  bom: fc.boolean(),
  crlf: fc.boolean(),
  pieces: fc.array(fc.oneof({ weight: 3, arbitrary: section }, single, line), { maxLength: 8 }),
}).map(({ head, tail, shared, bom, crlf, pieces }): Piece => {
  const parts = shared ? [{ text: "base: &shared 7\n", untouched: [] }, ...pieces] : pieces;
  const text = `${bom ? "\ufeff" : ""}${head}${parts.map((part) => part.text).join("")}${tail}`;
  const breaks = (part: string) => crlf ? part.replaceAll("\n", "\r\n") : part;
  return { text: breaks(text), untouched: parts.flatMap((part) => part.untouched).map(breaks) };
}).filter(({ text }) => parses(text));

function parses(text: string): boolean {
  try {
    parseConfig(text, "x");
    return true;
  } catch (error) {
    if (!isAppError(error, "config.unreadable")) throw error;
    return false;
  }
}

function isMachineKey(path: string): boolean {
  const [section = "", name = ""] = path.split(".");
  return isMachines(section, name);
}

Deno.test("mergeMachineKeys() leaves every byte that is not this machine's, whoever wrote the file", () => {
  let edited = 0;
  fc.assert(
    fc.property(config, config, (backup, live) => {
      let text: string;
      try {
        text = mergeMachineKeys(backup.text, live.text).text;
      } catch (error) {
        // Only what an anchor ties together may be refused.
        assert(isAppError(error, "config.not_separable"), String(error));
        assert.match(backup.text, /\*/);
        return;
      }
      if (text !== backup.text) edited += 1;

      const found = leavesOf(parseConfig(text, "x").root);
      const [old, mine] = [backup, live].map((piece) =>
        leavesOf(parseConfig(piece.text, "x").root)
      );
      const wanted = new Map([
        ...[...old ?? []].filter(([key]) => !isMachineKey(key)),
        ...[...mine ?? []].filter(([key]) => isMachineKey(key)),
      ]);
      assert.deepEqual(differingKeys(found, wanted), []);
      let from = 0;
      for (const part of backup.untouched) {
        const at = text.indexOf(part, from);
        assert.notEqual(at, -1, `${JSON.stringify(part)} is not in\n${text}`);
        from = at + part.length;
      }
      assert.equal(text.startsWith("\ufeff"), backup.text.startsWith("\ufeff"));
    }),
    { numRuns: 300 },
  );
  assert.ok(edited > 60, `only ${edited} were edited`);
});
