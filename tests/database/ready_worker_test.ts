import assert from "node:assert/strict";
import { join } from "node:path";
import { copyDatabase, readyWorker } from "../../src/database/mod.ts";
import { countWorkers } from "../helpers/count_workers.ts";
import { until } from "../helpers/program.ts";
import { makeDatabase } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** Copied in more than one step, so that progress is told while the thread is at work. */
const LONG = { rows: 10_000 };

const IN_PROC = { ignore: Deno.build.os !== "linux" }; // Threads are counted there.

Deno.test({
  name: "readyWorker() starts the thread that the next errand takes, and no other",
  ...IN_PROC,
  fn: async () => {
    await using folder = await tempFolder();
    const [source, copy] = ["library.db", "copy.db"].map((name) => join(folder.path, name));
    makeDatabase(source ?? "", LONG);
    const workers = countWorkers();
    using _ready = readyWorker();
    using _again = readyWorker();
    assert.equal(countWorkers(), workers + 1);

    const during = new Set<number>();
    await copyDatabase(source ?? "", copy ?? "", { onProgress: () => during.add(countWorkers()) });

    assert.deepEqual([...during], [workers + 1]);
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name: "readyWorker() ends a thread that nobody wanted",
  ...IN_PROC,
  fn: async () => {
    const workers = countWorkers();
    {
      using _ready = readyWorker();
      assert.equal(countWorkers(), workers + 1);
    }
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name:
    "readyWorker() has one thread for one errand: the next starts its own, and disposing ends neither",
  ...IN_PROC,
  fn: async () => {
    await using folder = await tempFolder();
    const at = (name: string) => join(folder.path, name);
    makeDatabase(at("library.db"), LONG);
    const workers = countWorkers();
    const ready = readyWorker();
    let steps = 0;
    const onProgress = () => {
      steps += 1;
      ready[Symbol.dispose]();
    };

    const [one, two] = await Promise.all([
      copyDatabase(at("library.db"), at("1.db"), { onProgress }),
      copyDatabase(at("library.db"), at("2.db"), { onProgress }),
    ]);

    assert.ok(steps > 0);
    assert.deepEqual(one, two);
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name: "readyWorker() disposed of leaves alone what somebody else made ready since",
  ...IN_PROC,
  fn: async () => {
    await using folder = await tempFolder();
    const at = (name: string) => join(folder.path, name);
    makeDatabase(at("library.db"));
    const workers = countWorkers();
    const first = readyWorker();
    await copyDatabase(at("library.db"), at("1.db"));
    await until(() => countWorkers() === workers);
    {
      using _second = readyWorker();
      first[Symbol.dispose]();
      assert.equal(countWorkers(), workers + 1);
      await copyDatabase(at("library.db"), at("2.db"));
    }

    await until(() => countWorkers() === workers);
  },
});

Deno.test("readyWorker() keeps no thread that died before it had an errand", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("library.db"));
  const died = Promise.withResolvers<void>();
  const Sound = globalThis.Worker;
  globalThis.Worker = class extends Sound {
    constructor() {
      super(new URL("data:text/javascript,throw new Error('out of luck')"), { type: "module" });
      this.addEventListener("error", () => died.resolve());
    }
  };
  try {
    using _ready = readyWorker();
    globalThis.Worker = Sound;
    await died.promise;

    const { pages } = await copyDatabase(at("library.db"), at("copy.db"));

    assert.ok(pages > 0);
  } finally {
    globalThis.Worker = Sound;
  }
});
