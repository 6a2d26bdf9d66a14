import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test({
  name:
    "ArchiveOutput.create() leaves neither file nor descriptor when only its first half succeeds",
  ignore: Deno.build.os !== "linux", // Descriptors are listed in /proc.
  fn: async () => {
    await using folder = await tempFolder();
    await Deno.chmod(folder.path, 0o777);
    const script = join(import.meta.dirname ?? ".", "..", "helpers", "create_unflushable.ts");
    const path = join(folder.path, "a.zip");

    const { stdout } = await run(Deno.execPath(), ["run", "-A", "--no-check", script, path]);

    assert.deepEqual(JSON.parse(stdout), { code: "storage.permission", open: 0 });
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
  },
});
