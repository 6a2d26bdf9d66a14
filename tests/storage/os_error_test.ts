import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { fromOsError } from "../../src/storage/os_error.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("fromOsError() names what the operating system said, through Deno and through node:fs", async () => {
  await using folder = await tempFolder();
  const { path } = folder;
  const cases: [string, () => Promise<unknown>][] = [
    ["storage.missing", () => Deno.readFile(`${path}/none`)],
    ["storage.missing", () => open(`${path}/none`, "r")],
    ["storage.exists", () => Deno.mkdir(path)],
    ["storage.is_folder", () => Deno.readTextFile(path)],
    ["storage.full", () => Deno.writeTextFile("/dev/full", "x")],
    ["storage.read_only", () => Promise.reject(withCode("EROFS"))],
    ["storage.permission", () => Promise.reject(withCode("EACCES"))],
    ["storage.full", () => Promise.reject(withCode("EDQUOT"))],
  ];
  for (const [code, fail] of cases) {
    const error = await fail().then(() => null, (reason) => fromOsError(reason, "/the/path"));

    assert.ok(isAppError(error), code);
    assert.equal(error.code, code);
    assert.equal(error.details["path"], "/the/path");
    assert.ok(error.cause instanceof Error);
  }
});

Deno.test("fromOsError() leaves our own errors and programming mistakes as they are", () => {
  const values = [new AppError("job.cancelled"), new TypeError("x"), "text", undefined];

  for (const value of values) assert.equal(fromOsError(value, "/the/path"), value);
});

Deno.test("fromOsError() does not call a volume full that has bytes free", async (t) => {
  await t.step("a quota", async () => {
    await using folder = await tempFolder();
    // Whatever is written there meets a full disk; the volume of the path that is told is not.
    const error = await Deno.writeTextFile("/dev/full", "x").catch((reason) =>
      fromOsError(reason, folder.path)
    );

    assert.ok(isAppError(error, "storage.full"));
    assert.match(describeError(error, "en"), /bytes free on .*quota/);
    assert.match(describeError(error, "zh"), /配额/);
  });
  await t.step("no more files", async () => {
    await using volume = await smallVolume(64 * 1_048_576, { files: 5 });
    let error: unknown = null;
    for (let count = 0; count < 10 && error === null; count += 1) {
      const path = `${volume.path}/${count}`;
      await Deno.writeTextFile(path, "x").catch((reason) => error = fromOsError(reason, path));
    }

    assert.ok(isAppError(error, "storage.full"));
    assert.match(describeError(error, "en"), /cannot hold more files/);
    assert.match(describeError(error, "zh"), /不能容纳更多文件/);
  });
  await t.step("bytes", async () => {
    await using volume = await smallVolume(1_048_576);
    volume.fillLeaving(0);
    const path = `${volume.path}/more`;
    const error = await Deno.writeTextFile(path, "x").catch((reason) => fromOsError(reason, path));

    assert.ok(isAppError(error, "storage.full"));
    assert.match(describeError(error, "en"), /0 bytes free on .*; free some space/);
  });
});

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}
