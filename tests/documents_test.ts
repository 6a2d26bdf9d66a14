import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { VERBS } from "../src/cli/verbs.ts";
import { ENVIRONMENT_VARIABLES } from "../src/config/env.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const READMES = ["README.md", "README.zh-CN.md"];

function read(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}

/** Key paths of a document, lists and scalars as leaves. */
function leaves(value: unknown, path = ""): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, path === "" ? key : `${path}.${key}`)
  );
}

Deno.test("README: every configuration key and variable is in the table", async () => {
  // `#` alone before a key marks a default that has no value.
  const sample = (await read("config.yaml")).replaceAll(/^( *)# ([a-z_]+: \S+)$/gm, "$1$2");
  const keys = leaves(parse(sample));
  assert.ok(keys.includes("backup.state_file") && keys.includes("timezone"));
  for (const path of READMES) {
    const text = await read(path);
    for (const key of keys) assert.ok(text.includes(`\`${key}\``), `${path} lacks ${key}`);
    for (const name of ENVIRONMENT_VARIABLES) {
      assert.ok(name === "NO_COLOR" || text.includes(`\`${name}\``), `${path} lacks ${name}`);
    }
  }
});

Deno.test("README: tasks and verbs that it names exist, and every verb is named", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  for (const path of READMES) {
    const text = await read(path);
    for (const [, task = ""] of text.matchAll(/(?:deno|deno@[\d.]+) task ([a-z]+)/g)) {
      assert.ok(task in tasks, `${path} names the task ${task}`);
    }
    for (const [, verb = ""] of text.matchAll(/deno task shuku ([a-z]+)/g)) {
      assert.ok(VERBS.some(({ name }) => name === verb), `${path} names the verb ${verb}`);
    }
    for (const { name } of VERBS) {
      const named = new RegExp(`\`${name}\`|task (shuku )?${name}\\b`).test(text);
      assert.ok(named || name === "serve", `${path} lacks ${name}`);
    }
  }
});

Deno.test("README: options that its examples use exist", async () => {
  const known = new Set(VERBS.flatMap(({ options = {} }) => Object.keys(options)));
  for (const name of ["config", "root", "json", "help"]) known.add(name);
  for (const path of READMES) {
    for (const line of (await read(path)).matchAll(/deno task (?:shuku|backup|start)[^\n`]*/g)) {
      for (const [, option = ""] of line[0].replace(/#.*/, "").matchAll(/ --([a-z-]+)/g)) {
        assert.ok(known.has(option), `${path}: ${line[0]}`);
      }
    }
  }
});

Deno.test("documents: links to files lead somewhere", async () => {
  for (const path of [...READMES, "src/README.md", "CHANGELOG.md"]) {
    const folder = join(ROOT, path, "..");
    for (const [, target = ""] of (await read(path)).matchAll(/\]\(([^)#\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      await assert.doesNotReject(Deno.stat(join(folder, target)), `${path} links to ${target}`);
    }
  }
});

Deno.test("README: both languages have the same sections, tables and examples", async () => {
  const shape = (text: string) =>
    text.split("\n").map((line) => /^(#+ |\| ---|```\w*|\d\. |- )/.exec(line)?.[0])
      .filter((mark) => mark !== undefined);
  const [english = "", chinese = ""] = await Promise.all(READMES.map(read));

  assert.deepEqual(shape(chinese), shape(english));
  const rows = (text: string) => text.split("\n").filter((line) => line.startsWith("| ")).length;
  assert.equal(rows(chinese), rows(english));
});
