import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { probeFolder } from "../../src/storage/probe_folder.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("probeFolder() tells what an ordinary file system can do, and leaves nothing there", async () => {
  await using folder = await tempFolder();

  const abilities = await probeFolder(folder.path);

  assert.deepEqual(abilities, { keepsMode: true, locks: true, flushes: true });
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("probeFolder() names a folder that is not there", async () => {
  await using folder = await tempFolder();

  await assert.rejects(
    probeFolder(`${folder.path}/absent`),
    (error) => isAppError(error, "storage.missing"),
  );
});
