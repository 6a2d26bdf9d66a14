import assert from "node:assert/strict";
import { tryCreate } from "../../src/storage/try_create.ts";
import { exfatDisk } from "../helpers/exfat_disk.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("tryCreate() leaves nothing, where files need a name too", async () => {
  await using folder = await tempFolder();
  await using disk = await exfatDisk();

  for (const { path } of [folder, disk]) {
    await tryCreate(path);
    assert.deepEqual([...Deno.readDirSync(path)], []);
  }
});

Deno.test("tryCreate() says why no file can be made", async () => {
  await assert.rejects(tryCreate("/no/such/folder"), { code: "storage.missing" });
  // Nobody, root included, may make a file there.
  await assert.rejects(tryCreate("/sys/kernel"), { code: "storage.permission" });
});
