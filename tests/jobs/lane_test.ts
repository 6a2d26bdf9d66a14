import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { Lane } from "../../src/jobs/lane.ts";
import type { JobContext, JobDocument } from "../../src/jobs/types.ts";
import { tryLockFile } from "../../src/storage/lock_file.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { until } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

function openLane(folder: string, gate?: () => Promise<AppError | null>): Lane {
  return new Lane({
    lockPath: `${folder}/.lock`,
    historyPath: `${folder}/.jobs.jsonl`,
    clock: systemClock,
    log: recordingLog(),
    ...gate === undefined ? {} : { gate },
  });
}

/** Work that lasts until it is told to end, or is cancelled. */
function openWork() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = (context: JobContext) =>
    new Promise<string>((done, fail) => {
      promise.then(done);
      context.signal.addEventListener("abort", () => fail(context.signal.reason));
    });
  return { work, end: () => resolve("result") };
}

/** A process that holds the lane until it is killed. */
async function startProcess(folder: string): Promise<Deno.ChildProcess> {
  const main = join(import.meta.dirname ?? ".", "..", "helpers", "hold_lane.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, folder],
    stdout: "piped",
  }).spawn();
  for await (const _ready of child.stdout) break;
  return child;
}

const CREATE = { kind: "create", actor: "admin" } as const;

Deno.test("Lane.start() lets one exclusive job run and names it to the second", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const { work, end } = openWork();
  const first = await lane.start(CREATE, work);

  const second = lane.start(CREATE, work);

  await assert.rejects(second, (error) => {
    assert.ok(isAppError(error, "job.busy"));
    assert.equal(error.details["job_id"], first.job.job_id);
    return true;
  });
  end();
  assert.equal(await first.result, "result");
});

Deno.test("Lane.start() refuses a second job asked for in the same instant", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const { work, end } = openWork();

  const both = await Promise.allSettled([lane.start(CREATE, work), lane.start(CREATE, work)]);

  assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  end();
  for (const each of both) if (each.status === "fulfilled") await each.value.result;
});

Deno.test("Lane.start() tells the job of another process that holds the lane, with its progress", async () => {
  await using folder = await tempFolder();
  const mine = openLane(folder.path);
  const theirs = openLane(folder.path);
  const { work, end } = openWork();
  const running = await theirs.start(
    { ...CREATE, backupId: "backup_20260115_230000" },
    async (context) => {
      context.phase("copy_database", 100);
      return await work(context);
    },
  );
  while ((await mine.list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

  const refused = mine.start(CREATE, work);

  await assert.rejects(refused, (error) => isAppError(error, "job.busy"));
  assert.equal((await mine.get(running.job.job_id)).state, "running");
  assert.deepEqual([...await mine.inUse()], ["backup_20260115_230000"]);
  end();
  await running.result;
  assert.equal((await mine.get(running.job.job_id)).state, "done");
});

Deno.test("Lane frees the lane after failure and keeps why", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);

  const failed = await lane.start(
    CREATE,
    () => Promise.reject(new AppError("database.missing", { path: "/x" })),
  );

  await assert.rejects(failed.result, (error) => isAppError(error, "database.missing"));
  const [job] = await lane.list();
  assert.equal(job?.state, "failed");
  assert.equal(job?.error?.code, "database.missing");
  assert.match(job?.error?.detail.en ?? "", /\/x/);
  const next = await lane.start(CREATE, () => Promise.resolve(1));
  assert.equal(await next.result, 1);
});

Deno.test("Lane.start() works, and works again, where the lock file can be locked but not written", async (t) => {
  const spoil: Record<string, (folder: string) => Promise<void>> = {
    // Writing to it answers EIO.
    "a disk error": (folder) => Deno.symlink("/proc/self/mem", `${folder}/.lock`),
    "a folder in the way": (folder) =>
      Deno.mkdir(`${folder}/.lock.holder/full`, { recursive: true }),
  };
  for (const [name, damage] of Object.entries(spoil)) {
    await t.step(name, async () => {
      await using folder = await tempFolder();
      await damage(folder.path);
      const lane = openLane(folder.path);

      for (const round of [1, 2]) {
        const job = await lane.start(CREATE, () => Promise.resolve(round));
        assert.equal(await job.result, round);
      }
    });
  }
});

Deno.test("Lane.start() says that the lock cannot be had, and takes it once it can", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  await Deno.mkdir(`${folder.path}/.lock`);

  await assert.rejects(lane.start(CREATE, () => Promise.resolve(1)), (error) => {
    assert.ok(isAppError(error, "job.lock_failed"));
    assert.match(describeError(error, "en"), /\.lock is a folder/);
    return true;
  });
  await Deno.remove(`${folder.path}/.lock`);

  assert.equal(await (await lane.start(CREATE, () => Promise.resolve(1))).result, 1);
});

Deno.test("Lane.start() waits for another process that holds the lane for a moment and is no job", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const tidying = await tryLockFile(`${folder.path}/.lock`);

  const starting = lane.start(CREATE, () => Promise.resolve("made"));
  const isWaiting = await Promise.race([
    starting.then(() => false, () => false),
    new Promise<true>((resolve) => setTimeout(() => resolve(true), 100)),
  ]);
  await tidying?.[Symbol.asyncDispose]();

  assert.equal(isWaiting, true);
  assert.equal(await (await starting).result, "made");
});

Deno.test("Lane.start() asks its gate with the lane held, and lets it go when it is refused", async () => {
  await using folder = await tempFolder();
  const refusal = new AppError("restore.in_progress");
  let wasFree: boolean | null = null;
  let isOpen = false;
  const lane = openLane(folder.path, async () => {
    await using other = await tryLockFile(`${folder.path}/.lock`);
    wasFree = other !== null;
    return isOpen ? null : refusal;
  });

  await assert.rejects(lane.start(CREATE, () => Promise.resolve()), refusal);
  isOpen = true;
  const next = await lane.start(CREATE, () => Promise.resolve("made"));

  assert.equal(wasFree, false);
  assert.equal(await next.result, "made");
});

Deno.test("Lane tells a job's error of the operating system as such, with the file", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);

  const failed = await lane.start(CREATE, () => Deno.remove(`${folder.path}/gone`));

  await assert.rejects(failed.result);
  const { error } = await lane.get(failed.job.job_id);
  assert.equal(error?.code, "storage.missing");
  assert.match(error?.detail.zh ?? "", /\/gone/);
});

Deno.test("Lane.cancel() ends a job before its commit and refuses after it", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const { work } = openWork();
  const first = await lane.start(CREATE, work);
  lane.cancel(first.job.job_id);
  await assert.rejects(first.result, (error) => isAppError(error, "job.cancelled"));
  assert.equal((await lane.get(first.job.job_id)).state, "cancelled");

  const { promise: committed, resolve: tell } = Promise.withResolvers<void>();
  const { work: more, end } = openWork();
  const second = await lane.start(CREATE, (context) => {
    context.commit();
    tell();
    return more(context);
  });
  await committed;

  assert.throws(
    () => lane.cancel(second.job.job_id),
    (error) => isAppError(error, "job.not_cancellable"),
  );
  end();
  await second.result;
});

Deno.test("Lane.watch() hears of the phase, the bytes and the end", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const heard: JobDocument[] = [];
  const { promise: watching, resolve: watched } = Promise.withResolvers<void>();
  const running = await lane.start(CREATE, async (context) => {
    await watching;
    context.phase("write_archive", 10);
    context.reach(10);
  });
  using _watch = lane.watch(running.job.job_id, (job) => heard.push(job));
  watched();

  await running.result;

  assert.ok(heard.some((job) => job.phase === "write_archive" && job.total_bytes === 10));
  assert.equal(heard.at(-1)?.state, "done");
  assert.equal(heard.at(-1)?.done_bytes, 10);
});

Deno.test("Lane.stop() cancels what can be cancelled and takes no more jobs", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const { work } = openWork();
  const running = await lane.start(CREATE, work);

  const inTime = await lane.stop(10_000);

  assert.equal(inTime, true);
  await assert.rejects(running.result, (error) => isAppError(error, "job.cancelled"));
  await assert.rejects(lane.start(CREATE, work), (error) => isAppError(error, "job.cancelled"));
});

Deno.test("Lane lists a job whose process died as interrupted", async () => {
  await using folder = await tempFolder();
  const row = {
    job_id: "dead",
    kind: "create",
    state: "running",
    started_at: "2026-01-01T00:00:00.000Z",
  };
  await Deno.writeTextFile(`${folder.path}/.jobs.jsonl`, `\n${JSON.stringify(row)}\n\n{"torn":`);

  const jobs = await openLane(folder.path).list();

  assert.deepEqual(jobs.map(({ job_id, state, error }) => [job_id, state, error?.code]), [
    ["dead", "failed", "job.interrupted"],
  ]);
});

Deno.test("Lane.watch() hears the end of a job whose process died, even one the history lacks", async () => {
  for (const isRemembered of [true, false]) {
    await using folder = await tempFolder();
    const dying = await startProcess(folder.path);
    const lane = openLane(folder.path);
    await until(async () => (await lane.list()).length === 1);
    const [job] = await lane.list();
    const states: string[] = [];
    const { promise: ended, resolve: end } = Promise.withResolvers<JobDocument>();
    using _watch = lane.watch(job?.job_id ?? "", (seen) => {
      states.push(seen.state);
      if (seen.state !== "running") end(seen);
    });
    await until(() => states.includes("running"));
    if (!isRemembered) await Deno.remove(`${folder.path}/.jobs.jsonl`);

    dying.kill("SIGKILL");

    const last = await ended;
    assert.deepEqual([last.state, last.error?.code], ["failed", "job.interrupted"]);
    await dying.status;
  }
});

Deno.test("Lane tells another process how a job ended, never that it was interrupted", async () => {
  await using folder = await tempFolder();
  const mine = openLane(folder.path);
  const theirs = openLane(folder.path);
  for (let round = 0; round < 20; round += 1) {
    const { work, end } = openWork();
    const running = await theirs.start(CREATE, work);
    const seen = new Set<string>();
    const looking = (async () => {
      while (!seen.has("done") && !seen.has("failed")) {
        seen.add((await mine.get(running.job.job_id)).state);
      }
    })();
    await until(() => seen.has("running"));

    end();
    await running.result;
    await looking;

    assert.deepEqual([...seen], ["running", "done"]);
  }
});

Deno.test("Lane.start() asks its gate first, but lets a validation pass", async () => {
  await using folder = await tempFolder();
  const lane = openLane(
    folder.path,
    () => Promise.resolve(new AppError("restore.in_progress")),
  );

  await assert.rejects(
    lane.start(CREATE, () => Promise.resolve()),
    (error) => isAppError(error, "restore.in_progress"),
  );

  const validation = await lane.start(
    { kind: "validate", actor: "admin", exclusive: false },
    () => Promise.resolve("valid"),
  );
  assert.equal(await validation.result, "valid");
});

Deno.test("Lane.hold() refuses jobs meanwhile, but a brief hold makes them wait", async () => {
  await using folder = await tempFolder();
  const lane = openLane(folder.path);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const long = lane.hold(() => released);
  await assert.rejects(lane.start(CREATE, () => Promise.resolve()), (error) => {
    assert.ok(isAppError(error, "job.busy"));
    assert.equal(error.details["job_id"], null);
    return true;
  });
  release();
  await long;

  const { promise: tidied, resolve: tidy } = Promise.withResolvers<void>();
  const brief = lane.hold(() => tidied, { brief: true });
  const waiting = lane.start(CREATE, () => Promise.resolve("made"));
  tidy();

  assert.equal(await (await waiting).result, "made");
  await brief;
});
