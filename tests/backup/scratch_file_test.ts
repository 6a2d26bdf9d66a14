import assert from "node:assert/strict";
import { join } from "node:path";
import { scratchFile } from "../../src/backup/scratch_file.ts";
import { until } from "../helpers/program.ts";
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
      for (const suffix of ["-wal", "-shm"]) await Deno.writeTextFile(file.path + suffix, "x");
    }

    assert.deepEqual(await namesIn(folder.path), []);
  }
});

Deno.test("scratchFile() begins to remove what is there when it is discarded, not when it is disposed of", async () => {
  await using folder = await tempFolder();
  await using file = scratchFile(join(folder.path, "copy.db"));
  for (const suffix of ["", "-journal"]) await Deno.writeTextFile(file.path + suffix, "x");

  file.discard();

  await until(async () => (await namesIn(folder.path)).length === 0);
});

Deno.test("scratchFile() removes when it is disposed of what could not be discarded", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "copy.db");
  await Deno.mkdir(join(path, "full"), { recursive: true });
  await Deno.writeTextFile(`${path}-journal`, "x");
  {
    await using file = scratchFile(path);
    file.discard();
    // As late as the first attempt, which the folder in the way has stopped.
    await assert.rejects(Deno.remove(path));
    await Deno.remove(join(path, "full"));
  }

  assert.deepEqual(await namesIn(folder.path), []);
});

Deno.test("scratchFile() tells when it is disposed of that discarding failed", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "copy.db");
  await Deno.mkdir(join(path, "full"), { recursive: true });
  const file = scratchFile(path);
  file.discard();

  await assert.rejects(async () => await file[Symbol.asyncDispose]());
});
