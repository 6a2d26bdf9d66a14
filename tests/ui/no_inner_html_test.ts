import assert from "node:assert/strict";
import { join } from "node:path";

const UI = join(import.meta.dirname ?? ".", "..", "..", "src", "ui");

/** Ways by which text could become markup or code, and what the Content-Security-Policy would refuse. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|DOMParser/,
    "text as markup",
  ],
  [/createContextualFragment|srcdoc|\beval\(|new Function\(/, "text as code"],
  [/\bstyle="/, "an inline style"],
  [/<script(?![^>]*\bsrc=)/, "an inline script"],
  [/\bon[a-z]+="/, "an inline handler"],
  [
    /(?:src|href|url|import|from)\s*[=(]?\s*["'(]?(?:https?:)?\/\/(?!www\.w3\.org)/,
    "an outside host",
  ],
];

Deno.test("the page never turns text into markup, and names no outside host", async () => {
  const found: string[] = [];

  for await (const path of sources(UI)) {
    const text = await Deno.readTextFile(path);
    for (const [pattern, what] of FORBIDDEN) {
      const match = pattern.exec(text);
      if (match !== null) found.push(`${path}: ${what} (${match[0]})`);
    }
  }

  assert.deepEqual(found, []);
});

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/\.(?:js|html|css|svg)$/.test(name)) yield path;
  }
}
