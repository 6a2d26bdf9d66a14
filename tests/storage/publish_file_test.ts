import assert from "node:assert/strict";
import { join } from "node:path";
import { claimAndRename, publishFile, syncFolder } from "../../src/storage/publish_file.ts";
import { temporaryName } from "../../src/storage/temporary.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("publishFile() gives a temporary its final name", async () => {
  await using folder = await tempFolder();
  const final = join(folder.path, "backup.zip");
  const temporary = temporaryName(final);
  await Deno.writeTextFile(temporary, "whole");

  await publishFile(temporary, final);

  assert.equal(await Deno.readTextFile(final), "whole");
  await assert.rejects(Deno.stat(temporary), Deno.errors.NotFound);
});

for (
  const [name, publish] of [["publishFile", publishFile], [
    "claimAndRename",
    claimAndRename,
  ]] as const
) {
  Deno.test(`${name}() never replaces a file and keeps the temporary then`, async () => {
    await using folder = await tempFolder();
    const final = join(folder.path, "backup.zip");
    const temporary = temporaryName(final);
    await Deno.writeTextFile(final, "old");
    await Deno.writeTextFile(temporary, "new");

    await assert.rejects(publish(temporary, final));

    assert.equal(await Deno.readTextFile(final), "old");
    assert.equal(await Deno.readTextFile(temporary), "new");
  });
}

Deno.test("publishFile() names the taken file in storage.exists", async () => {
  await using folder = await tempFolder();
  const final = join(folder.path, "backup.zip");
  const temporary = temporaryName(final);
  await Deno.writeTextFile(final, "old");
  await Deno.writeTextFile(temporary, "new");

  await assert.rejects(publishFile(temporary, final), (error: Error & { details?: unknown }) => {
    assert.deepEqual(error.details, { path: final, found: "EEXIST" });
    return true;
  });
});

Deno.test("claimAndRename() publishes where there are no hard links, and gives the name back on failure", async () => {
  await using folder = await tempFolder();
  const final = join(folder.path, "backup.zip");
  const temporary = temporaryName(final);
  await assert.rejects(claimAndRename(temporary, final), Deno.errors.NotFound);
  await assert.rejects(Deno.stat(final), Deno.errors.NotFound);
  await Deno.writeTextFile(temporary, "whole");

  await claimAndRename(temporary, final);

  assert.equal(await Deno.readTextFile(final), "whole");
});

Deno.test("publishFile() lets exactly one of many win the same name", async () => {
  await using folder = await tempFolder();
  const final = join(folder.path, "backup.zip");
  const temporaries = Array.from({ length: 20 }, () => temporaryName(final));
  for (const path of temporaries) await Deno.writeTextFile(path, path);

  const results = await Promise.allSettled(temporaries.map((path) => publishFile(path, final)));

  const winners = temporaries.filter((_, index) => results[index]?.status === "fulfilled");
  assert.deepEqual(winners, [await Deno.readTextFile(final)]);
});

Deno.test("syncFolder() takes a folder and reports a missing one", async () => {
  await using folder = await tempFolder();

  await syncFolder(folder.path);

  await assert.rejects(syncFolder(join(folder.path, "none")), { code: "storage.missing" });
});
