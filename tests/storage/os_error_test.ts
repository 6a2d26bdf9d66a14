import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { fromOsError } from "../../src/storage/os_error.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("fromOsError() names what the operating system said, through Deno and through node:fs", async () => {
  await using folder = await tempFolder();
  const { path } = folder;
  const cases: [string, () => Promise<unknown>][] = [
    ["storage.missing", () => Deno.readFile(`${path}/none`)],
    ["storage.missing", () => open(`${path}/none`, "r")],
    ["storage.exists", () => Deno.mkdir(path)],
    ["storage.failed", () => Deno.readTextFile(path)],
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

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}
