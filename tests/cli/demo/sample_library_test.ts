import assert from "node:assert/strict";
import { join } from "node:path";
import { growSampleLibrary, makeSampleLibrary } from "../../../src/cli/demo/sample_library.ts";
import { SAMPLE_TITLES } from "../../../src/cli/demo/sample_titles.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { readContents } from "../../../src/database/contents.ts";
import { addSampleBooks } from "../../../src/database/sample.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "shuku-demo-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("makeSampleLibrary() makes a library with a hundred books, covers and a key of its own", () =>
  withFolder(async (root) => {
    const library = await makeSampleLibrary(root, addSampleBooks);

    assert.equal(library.isNew, true);
    const { rows } = await readContents(join(root, "data", "library.db"));
    assert.equal(rows["books"], SAMPLE_TITLES.length - 8);
    assert.ok((rows["books"] ?? 0) >= 100);
    assert.equal((await namesIn(join(root, "covers"))).length, rows["books"]);
    const { config, secrets } = await loadConfig({
      configPath: library.configPath,
      root,
      env: {},
      workingFolder: root,
    });
    assert.equal(config.backup.path, join(root, "data", "backups"));
    assert.match(secrets.signingKey, /^[0-9a-f]{64}$/);
    assert.equal(((await Deno.stat(library.configPath)).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("makeSampleLibrary() leaves a library that is there as it is", () =>
  withFolder(async (root) => {
    const first = await makeSampleLibrary(root, addSampleBooks);
    const before = await Deno.readTextFile(first.configPath);
    await growSampleLibrary(first, addSampleBooks);

    const second = await makeSampleLibrary(root, addSampleBooks);

    assert.equal(second.isNew, false);
    assert.equal(await Deno.readTextFile(second.configPath), before);
    const { rows } = await readContents(join(root, "data", "library.db"));
    assert.equal(rows["books"], SAMPLE_TITLES.length);
  }));
