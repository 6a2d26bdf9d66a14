import assert from "node:assert/strict";
import { join } from "node:path";
import { EarlyFlush } from "../../src/storage/early_flush.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const STEP_BYTES = 8 * 1024 * 1024;

Deno.test("EarlyFlush leaves a growing file as its writer writes it", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  const piece = crypto.getRandomValues(new Uint8Array(65_536));
  using file = await Deno.open(path, { write: true, createNew: true });
  await using early = await EarlyFlush.open(path);

  const pieces = 3 * STEP_BYTES / piece.length;
  for (let written = 1; written <= pieces; written++) {
    await file.write(piece);
    early.reached(written * piece.length);
  }
  await early.settle();

  const content = await Deno.readFile(path);
  assert.equal(content.length, 3 * STEP_BYTES);
  assert.deepEqual(content.subarray(-piece.length), piece);
});

Deno.test("EarlyFlush says that there is no file", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "none");
  await assert.rejects(EarlyFlush.open(path), { code: "storage.missing" });
});

Deno.test({
  name: "EarlyFlush begins a flush after eight mebibytes, and tells when it failed",
  ignore: Deno.build.os !== "linux", // A device that takes everything and cannot be flushed.
  fn: async () => {
    await using early = await EarlyFlush.open("/dev/null");

    early.reached(STEP_BYTES - 1);
    await early.settle();
    early.reached(STEP_BYTES);

    await assert.rejects(early.settle(), { code: "storage.failed" });
  },
});
