import assert from "node:assert/strict";
import { join } from "node:path";
import { isAppError } from "../src/base/errors.ts";
import { describeError } from "../src/base/messages/mod.ts";
import { loadConfig } from "../src/config/load.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const KEY = { SECRET_KEY: "6b1f0d9e7c3a5b2846f1d0e9c8b7a69582736455443322110f1e2d3c4b5a6978" };

Deno.test("config.yaml: every value of the sample is the default", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const empty = await loadConfig({ env: KEY, workingFolder: folder });
    const sample = await loadConfig({
      configPath: join(ROOT, "config.yaml"),
      env: KEY,
      workingFolder: folder,
    });

    assert.deepEqual({ ...sample.config, path: null }, empty.config);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("config.yaml: the sample does not start without a key, and says how to make one", async () => {
  await assert.rejects(
    loadConfig({ configPath: join(ROOT, "config.yaml"), env: {}, workingFolder: ROOT }),
    (error) => {
      assert.ok(isAppError(error, "config.invalid"));
      assert.match(describeError(error, "en"), /openssl rand -hex 32/);
      return true;
    },
  );
});
