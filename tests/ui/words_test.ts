import assert from "node:assert/strict";
import { join } from "node:path";
import { en } from "../../src/ui/i18n/en.js";
import { zh } from "../../src/ui/i18n/zh.js";

const UI = join(import.meta.dirname ?? ".", "..", "..", "src", "ui");
const TABLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { en, zh };

Deno.test("Chinese and English have the same words, with the same facts in them", () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());

  for (const [key, words] of Object.entries(TABLES["en"] ?? {})) {
    const other = TABLES["zh"]?.[key];
    if (typeof words !== "string" || typeof other !== "string") continue;
    assert.deepEqual(factsOf(other), factsOf(words), key);
  }
});

Deno.test("every word that the page names is in the tables", async () => {
  const missing: string[] = [];

  for await (const text of scripts(UI)) {
    for (const [, key = ""] of text.matchAll(/\bt\(\s*"([^"]+)"/g)) {
      if (!Object.hasOwn(en, key)) missing.push(key);
    }
  }

  assert.deepEqual(missing, []);
});

function factsOf(words: string): string[] {
  return [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

async function* scripts(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* scripts(join(folder, name));
    else if (name.endsWith(".js")) yield await Deno.readTextFile(join(folder, name));
  }
}
