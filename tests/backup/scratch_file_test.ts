import assert from "node:assert/strict";
import { join } from "node:path";
import { scratchFile } from "../../src/backup/scratch_file.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("scratchFile() leaves nothing when it is disposed of, discarded before or not", async () => {
  for (const discarded of [true, false]) {
    await using folder = await tempFolder();
    {
      await using file = scratchFile(join(folder.path, "copy.db"));
      for (const suffix of ["", "-journal"]) await Deno.writeTextFile(file.path + suffix, "x");
      if (discarded) file.discard();
      // SQLite may have had the last word after that.
      await Deno.writeTextFile(`${file.path}-wal`, "x");
    }

    assert.deepEqual(await namesIn(folder.path), []);
  }
});

Deno.test("scratchFile() tells when it is disposed of that discarding failed", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "copy.db");
  await Deno.mkdir(join(path, "full"), { recursive: true });
  const file = scratchFile(path);
  file.discard();

  await assert.rejects(async () => await file[Symbol.asyncDispose]());
});
