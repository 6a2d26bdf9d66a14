import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { AppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { asAppError } from "../../src/base/os_error.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("asAppError() tells what the operating system said, and of which file", async () => {
  await using folder = await tempFolder();
  const { path } = folder;
  await Deno.mkdir(`${path}/full/in`, { recursive: true });
  await Deno.writeTextFile(`${path}/file`, "x");
  const long = `${path}/${"x".repeat(300)}`;
  const cases: [() => Promise<unknown>, string, string, RegExp][] = [
    [() => Deno.mkdir(`${path}/none/x`), "storage.missing", `${path}/none/x`, /Cannot find/],
    [() => open(`${path}/none`), "storage.missing", `${path}/none`, /Cannot find/],
    [() => Deno.remove(`${path}/full`), "storage.failed", `${path}/full`, /ENOTEMPTY/],
    [
      () => Deno.rename(`${path}/file`, `${path}/full`),
      "storage.is_folder",
      `${path}/file`,
      /folder/,
    ],
    [() => Deno.mkdir(`${path}/file/x`), "storage.not_folder", `${path}/file/x`, /not a folder/],
    [
      () => Deno.writeTextFile(long, "x"),
      "storage.failed",
      long,
      /ENAMETOOLONG, the name is longer/,
    ],
  ];
  for (const [fail, code, file, sentence] of cases) {
    const error = asAppError(await fail().then(() => null, (reason) => reason));

    assert.deepEqual([error.code, error.details["path"]], [code, file]);
    assert.match(describeError(error, "en"), sentence);
    assert.ok(error.cause instanceof Error);
  }
});

Deno.test("asAppError() tells the error where no file is named, and nothing of our own mistakes", async () => {
  using full = await Deno.open("/dev/full", { write: true });
  const error = await full.write(new Uint8Array(1)).then(() => null, (reason) => reason);

  assert.match(describeError(error, "en"), /^No space left while writing a file/);
  assert.match(describeError(error, "zh"), /写入文件时/);
  const ours = new AppError("job.cancelled");
  assert.equal(asAppError(ours), ours);
  assert.equal(asAppError(new TypeError("x")).code, "internal");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const taken = await Promise.resolve().then(() => Deno.listen({ hostname: "127.0.0.1", port }))
    .then(() => null, (reason) => reason);
  assert.equal(asAppError(taken).code, "internal");
});
