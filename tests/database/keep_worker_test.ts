import assert from "node:assert/strict";
import { join } from "node:path";
import { copyDatabase, inspectDatabase, keepWorker } from "../../src/database/mod.ts";
import { countWorkers } from "../helpers/count_workers.ts";
import { until } from "../helpers/program.ts";
import { makeDatabase } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** Copied in more than one step, so that progress is told while the thread is at work. */
const LONG = { rows: 10_000 };

const IN_PROC = { ignore: Deno.build.os !== "linux" }; // Threads are counted there.

Deno.test({
  name: "keepWorker() starts the thread that the next errand takes, and no other",
  ...IN_PROC,
  fn: async () => {
    await using folder = await tempFolder();
    const [source, copy] = ["library.db", "copy.db"].map((name) => join(folder.path, name));
    makeDatabase(source ?? "", LONG);
    const workers = countWorkers();
    const during = new Set<number>();
    {
      using _ready = keepWorker();
      using _again = keepWorker();
      assert.equal(countWorkers(), workers + 1);

      await copyDatabase(source ?? "", copy ?? "", {
        onProgress: () => during.add(countWorkers()),
      });
    }

    assert.deepEqual([...during], [workers + 1]);
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name: "keepWorker() ends a thread that nobody wanted",
  ...IN_PROC,
  fn: async () => {
    const workers = countWorkers();
    {
      using _ready = keepWorker();
      assert.equal(countWorkers(), workers + 1);
    }
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name:
    "keepWorker() has one thread for one errand: the next starts its own, and disposing ends neither",
  ...IN_PROC,
  fn: async () => {
    await using folder = await libraryFolder(LONG);
    const { at } = folder;
    const workers = countWorkers();
    const ready = keepWorker();
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
  name: "keepWorker() keeps the thread of an errand for the next, until nobody wants it any more",
  ...IN_PROC,
  fn: async () => {
    await using folder = await libraryFolder();
    const { at } = folder;
    const workers = countWorkers();
    using started = countStarted();
    const first = keepWorker();
    await copyDatabase(at("library.db"), at("1.db"));
    {
      using _second = keepWorker();
      first[Symbol.dispose]();
      first[Symbol.dispose]();
      await copyDatabase(at("library.db"), at("2.db"));
      assert.equal(countWorkers(), workers + 1);
    }

    assert.equal(started.count, 1);
    await until(() => countWorkers() === workers);
  },
});

Deno.test({
  name: "keepWorker() keeps no thread that an errand left at low priority, or that failed",
  ...IN_PROC,
  fn: async () => {
    await using folder = await libraryFolder(LONG);
    const { at } = folder;
    const workers = countWorkers();
    using started = countStarted();
    using _kept = keepWorker();
    const stop = new AbortController();

    await inspectDatabase(at("library.db"), { check: true });
    await until(() => countWorkers() === workers);
    await Deno.writeTextFile(at("text.db"), "no database, however long it may be ".repeat(40));
    await assert.rejects(copyDatabase(at("text.db"), at("1.db")));
    await until(() => countWorkers() === workers);
    await assert.rejects(
      copyDatabase(at("library.db"), at("2.db"), {
        onProgress: () => stop.abort(new Error("enough")),
        signal: stop.signal,
      }),
      /enough/,
    );

    await until(() => countWorkers() === workers);
    assert.equal(started.count, 3);
  },
});

Deno.test("keepWorker() keeps no thread that died before it had an errand", async () => {
  await using folder = await libraryFolder();
  const { at } = folder;
  const died = Promise.withResolvers<void>();
  const Sound = globalThis.Worker;
  globalThis.Worker = class extends Sound {
    constructor() {
      super(new URL("data:text/javascript,throw new Error('out of luck')"), { type: "module" });
      this.addEventListener("error", () => died.resolve());
    }
  };
  try {
    using _ready = keepWorker();
    globalThis.Worker = Sound;
    await died.promise;

    const { pages } = await copyDatabase(at("library.db"), at("copy.db"));

    assert.ok(pages > 0);
  } finally {
    globalThis.Worker = Sound;
  }
});

/** Counts the threads that are started until it is disposed of. */
function countStarted(): Disposable & { readonly count: number } {
  const Real = globalThis.Worker;
  let count = 0;
  globalThis.Worker = class extends Real {
    constructor(...order: ConstructorParameters<typeof Worker>) {
      super(...order);
      count += 1;
    }
  };
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]() {
      globalThis.Worker = Real;
    },
  };
}

/** A folder with a database in it, `library.db`. */
async function libraryFolder(options: Parameters<typeof makeDatabase>[1] = {}) {
  const folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("library.db"), options);
  return { at, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
