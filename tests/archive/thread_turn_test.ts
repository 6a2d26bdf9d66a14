import assert from "node:assert/strict";
import { runWorkerTask } from "../../src/archive/worker_task.ts";
import { isAppError } from "../../src/base/errors.ts";

const WORKER = new URL("./support/throwing_worker.ts", import.meta.url);

Deno.test("runWorkerTask() starts one thread each time the event loop goes round", async () => {
  let round = 0;
  let isOver = false;
  const goRound = () => {
    round += 1;
    if (!isOver) setTimeout(goRound);
  };
  goRound();
  const startedIn: number[] = [];
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      startedIn.push(round);
      super(url, options);
    }
  };
  try {
    const tasks = Array.from({ length: 4 }, () => runWorkerTask(WORKER, "order"));
    const outcomes = await Promise.allSettled(tasks);

    assert.ok(
      outcomes.every((one) =>
        one.status === "rejected" && isAppError(one.reason, "worker.crashed")
      ),
    );
  } finally {
    globalThis.Worker = Original;
    isOver = true;
    await new Promise((resolve) => setTimeout(resolve));
  }

  assert.equal(new Set(startedIn).size, 4, `started in rounds ${startedIn.join(", ")}`);
});
