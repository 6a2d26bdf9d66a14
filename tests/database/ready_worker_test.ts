import assert from "node:assert/strict";
import { join } from "node:path";
import { copyDatabase, readyWorker } from "../../src/database/mod.ts";
import { countWorkers } from "../helpers/count_workers.ts";
import { until } from "../helpers/program.ts";
import { makeDatabase } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const IN_PROC = { ignore: Deno.build.os !== "linux" }; // Threads are counted there.

Deno.test({
  name: "readyWorker() starts the thread that the next errand takes, and no other",
  ...IN_PROC,
  fn: async () => {
    await using folder = await tempFolder();
    const [source, copy] = ["library.db", "copy.db"].map((name) => join(folder.path, name));
    makeDatabase(source ?? "");
    const workers = await countWorkers();
    using _ready = readyWorker();
    using _again = readyWorker();
    assert.equal(await countWorkers(), workers + 1);

    const copying = copyDatabase(source ?? "", copy ?? "");
    const during = await countWorkers();
    await copying;

    assert.equal(during, workers + 1);
    await until(async () => await countWorkers() === workers);
  },
});

Deno.test({
  name: "readyWorker() ends a thread that nobody wanted",
  ...IN_PROC,
  fn: async () => {
    const workers = await countWorkers();
    {
      using _ready = readyWorker();
      assert.equal(await countWorkers(), workers + 1);
    }
    await until(async () => await countWorkers() === workers);
  },
});
