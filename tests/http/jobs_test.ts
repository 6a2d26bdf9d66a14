import assert from "node:assert/strict";
import { join } from "node:path";
import { tryLockFile } from "../../src/storage/lock_file.ts";
import { BASE, libraryToken, openTestApp, type TestApp } from "../helpers/test_app.ts";

/** Waits for a job by its own events, as the page does. */
async function follow(test: TestApp, jobId: string) {
  const response = await test.send("GET", `jobs/${jobId}/events`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("Content-Type") ?? "", /^text\/event-stream/);
  const events = (await response.text()).split("\n\n").filter((text) => text !== "").map((text) => {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text) ?? [];
    return { name, job: JSON.parse(data ?? "null") };
  });
  return { events, end: events.at(-1) };
}

Deno.test("?wait=false answers 202 with a place to look, and the events end with the job", async () => {
  await using test = await openTestApp();

  const { status, body, headers } = await test.call("POST", "create?wait=false", { json: {} });
  const { events, end } = await follow(test, body.job_id);

  assert.equal(status, 202);
  const asked = `http://x/any/prefix${BASE}/create?wait=false`;
  const { pathname } = new URL(headers.get("Location") ?? "", asked);
  assert.equal(pathname, `/any/prefix${BASE}/jobs/${body.job_id}`);
  assert.ok(
    events.slice(0, -1).every(({ name, job }) => name === "progress" && job.state === "running"),
  );
  assert.equal(end?.name, "end");
  assert.equal(end?.job.state, "done");
  assert.match(end?.job.backup_id, /^backup_/);
  const { body: job } = await test.call("GET", `jobs/${body.job_id}`);
  assert.deepEqual(job, end?.job);
  const { body: jobs } = await test.call("GET", "jobs");
  assert.equal(jobs.jobs[0].job_id, body.job_id);
  assert.equal((await test.call("POST", "create?wait=maybe", { json: {} })).status, 422);
});

Deno.test("a job that fails while nobody waits says so in its events, in the reader's language", async () => {
  await using test = await openTestApp();
  await Deno.remove(test.library.config.database.path);
  const caller = { as: { token: await libraryToken({ sub: "x", role: "admin" }) } };

  const { body } = await test.call("POST", "create?wait=false", { json: {}, ...caller });
  const response = await test.send("GET", `jobs/${body.job_id}/events`, {
    ...caller,
    headers: { "Accept-Language": "en" },
  });
  const text = await response.text();

  assert.match(text, /event: end\ndata: .*"state":"failed"/);
  assert.match(text, /"detail":"Cannot create the backup/);
});

Deno.test("what fails while the client waits is 500 with the requirements' sentence", async () => {
  await using test = await openTestApp();
  const as = { token: await libraryToken({ sub: "x", role: "admin" }) };
  await Deno.remove(test.library.config.database.path);

  const { status, body } = await test.call("POST", "create", { json: {}, as });

  assert.equal(status, 500);
  assert.match(body.detail, /^创建备份失败: /);
  assert.equal(body.code, "backup.create_failed");
});

Deno.test("no room is 507 with the volume, the bytes and what could be deleted", async () => {
  await using test = await openTestApp({
    configure: (config) => ({
      ...config,
      backup: { ...config.backup, reserveBytes: Number.MAX_SAFE_INTEGER / 2 },
    }),
  });

  const { status, body } = await test.call("POST", "create", { json: {} });

  assert.equal(status, 507);
  for (const key of ["needed_bytes", "free_bytes"]) assert.equal(typeof body[key], "number", key);
  assert.equal(typeof body.volume, "string");
  assert.deepEqual(body.deletable, []);
});

Deno.test("while another job holds the lane, others are 409 with its id", async () => {
  await using test = await openTestApp();
  const { body: made } = await test.call("POST", "create", { json: {} });
  const holder = {
    job: { job_id: "other", state: "running", started_at: "2026" },
    uses: [made.backup_id],
  };
  const lock = await tryLockFile(join(test.library.config.backup.path, ".lock"));
  await lock?.describe(JSON.stringify(holder));

  const busy: [string, string, unknown][] = [
    ["POST", "create", {}],
    ["POST", "create?wait=false", {}],
    ["POST", "restore", { backup_id: made.backup_id }],
    ["POST", "drill", {}],
  ];
  for (const [method, path, json] of busy) {
    const { status, body } = await test.call(method, path, { json });
    assert.equal(status, 409, path);
    assert.equal(body.code, "job.busy", path);
    assert.equal(body.job_id, "other", path);
  }
  const deletion = await test.call("DELETE", made.backup_id);
  assert.equal(deletion.status, 409);
  assert.equal(deletion.body.code, "backup.in_use");
  assert.equal((await test.call("GET", "list")).body.backups[0].in_use, true);
  await lock?.[Symbol.asyncDispose]();
  assert.equal((await test.call("POST", "create", { json: {} })).status, 200);
});

Deno.test("unknown jobs are 404, finished ones cannot be cancelled", async () => {
  await using test = await openTestApp();
  const { body: started } = await test.call("POST", "create?wait=false", { json: {} });
  await follow(test, started.job_id);

  for (
    const [method, path] of [["GET", "jobs/x"], ["GET", "jobs/x/events"], ["POST", "jobs/x/cancel"]]
  ) {
    const { status, body } = await test.call(method ?? "", path ?? "");
    assert.equal(status, 404, path);
    assert.equal(body.code, "job.not_found");
  }
  const { status, body } = await test.call("POST", `jobs/${started.job_id}/cancel`);
  assert.equal(status, 409);
  assert.equal(body.code, "job.not_cancellable");
});

Deno.test("a client that leaves while it waits cancels nothing", async () => {
  await using test = await openTestApp();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, info) => test.app.fetch(request, info),
  );
  const as = { token: await libraryToken({ sub: "x", role: "admin" }) };
  const url = `http://127.0.0.1:${server.addr.port}${BASE}/create`;
  const leaving = new AbortController();
  const headers = { Authorization: `Bearer ${as.token}` };
  const answer = fetch(url, { method: "POST", headers, signal: leaving.signal });
  let jobs: { job_id: string; state: string }[] = [];
  while (jobs.length === 0) jobs = (await test.call("GET", "jobs", { as })).body.jobs;

  leaving.abort();

  await assert.rejects(answer, { name: "AbortError" });
  const { end } = await follow(test, jobs[0]?.job_id ?? "");
  assert.equal(end?.job.state, "done");
  await server.shutdown();
});

Deno.test("event streams are bounded, and closing one makes room", async () => {
  await using test = await openTestApp();
  const lock = await tryLockFile(join(test.library.config.backup.path, ".lock"));
  const job = { job_id: "other", kind: "create", state: "running", started_at: "2026" };
  await lock?.describe(JSON.stringify({ job, uses: [] }));
  const open: Response[] = [];
  for (let i = 0; i < 64; i += 1) open.push(await test.send("GET", "jobs/other/events"));

  const refused = await test.call("GET", "jobs/other/events");
  await open.pop()?.body?.cancel();
  const accepted = await test.send("GET", "jobs/other/events");

  assert.equal(refused.status, 429);
  assert.equal(refused.body.code, "request.too_many_streams");
  assert.equal(accepted.status, 200);
  for (const response of [...open, accepted]) await response.body?.cancel();
  await lock?.[Symbol.asyncDispose]();
});
