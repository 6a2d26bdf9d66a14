import assert from "node:assert/strict";
import { streamJob } from "../../src/http/event_stream.ts";
import type { JobDocument, JobListener } from "../../src/jobs/types.ts";

const JOB: JobDocument = {
  job_id: "j1",
  kind: "create",
  state: "running",
  phase: "copy_database",
  done_bytes: 0,
  total_bytes: 10,
  bytes_per_second: null,
  eta_seconds: null,
  started_at: "2026-01-15T15:00:00.000Z",
  finished_at: null,
  backup_id: null,
  file_name: null,
  actor: "admin",
  cancellable: true,
  error: null,
  warnings: [],
};

/** A job that a test moves on by hand. */
function handMoved() {
  let listener: JobListener | null = null;
  let closed = 0;
  const jobs = {
    watch: (_id: string, heard: JobListener): Disposable => {
      listener = heard;
      heard(JOB);
      return {
        [Symbol.dispose]: () => {
          listener = null;
        },
      };
    },
  };
  const options = {
    write: (job: JobDocument) => JSON.stringify(job),
    onClose: () => {
      closed += 1;
    },
  };
  return {
    open: (present = JOB) => streamJob(jobs, present, options),
    move: (change: Partial<JobDocument>) => listener?.({ ...JOB, ...change }),
    isWatched: () => listener !== null,
    closed: () => closed,
  };
}

Deno.test("streamJob() ends at once with the end of a job that is over", async () => {
  const job = handMoved();

  const text = await new Response(job.open({ ...JOB, state: "done" })).text();

  assert.match(text, /^event: end\ndata: \{.*"state":"done".*\}\n\n$/);
  assert.equal(job.closed(), 1);
});

Deno.test("streamJob() tells a running job's state again and again, then its end, and lets go", async () => {
  const job = handMoved();
  const reader = job.open().pipeThrough(new TextDecoderStream()).getReader();

  const first = await reader.read();
  const again = await reader.read();
  job.move({ state: "failed", error: { code: "x.y", detail: { zh: "坏", en: "bad" } } });
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) rest += part.value;

  assert.match(first.value ?? "", /^event: progress\n/);
  assert.match(again.value ?? "", /^event: progress\n/);
  assert.match(rest, /event: end\ndata: .*"state":"failed"/);
  assert.equal(rest.match(/event: end/g)?.length, 1);
  assert.equal(job.closed(), 1);
  assert.equal(job.isWatched(), false);
});

Deno.test("streamJob() lets go when its reader goes away", async () => {
  const job = handMoved();
  const reader = job.open().getReader();
  await reader.read();

  await reader.cancel();

  assert.equal(job.isWatched(), false);
  assert.equal(job.closed(), 1);
});
