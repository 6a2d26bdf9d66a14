import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError } from "../../src/base/errors.ts";
import { createServer } from "../../src/http/server.ts";
import { libraryToken, openTestApp, type TestApp } from "../helpers/test_app.ts";

async function withBackup(): Promise<{ test: TestApp; id: string }> {
  const test = await openTestApp();
  const { body } = await test.call("POST", "create", { json: {} });
  return { test, id: body.backup_id };
}

Deno.test("POST restore puts everything back and says what the page must know", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const cover = join(test.library.config.covers, "1.jpg");
  const before = await Deno.readFile(cover);
  await Deno.remove(cover);

  const { status, body } = await test.call("POST", "restore", { json: { backup_id: id } });

  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.success, true);
  assert.equal(body.backup_id, id);
  assert.deepEqual(body.restored, ["database", "covers", "config"]);
  assert.match(body.snapshot_id, /^backup_\d{8}_\d{6}/);
  assert.equal(body.library_restart_recommended, true);
  assert.deepEqual(await Deno.readFile(cover), before);
});

Deno.test("POST restore/preview tells what would change and changes nothing", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const cover = join(test.library.config.covers, "1.jpg");
  await Deno.remove(cover);

  const { status, body } = await test.call("POST", "restore/preview", { json: { backup_id: id } });

  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.backup_id, id);
  assert.equal(body.allowed, true);
  assert.equal(body.covers.added, 1);
  assert.deepEqual(body.covers.first.added, ["1.jpg"]);
  assert.ok(body.tables.some((table: { name: string }) => table.name === "books"));
  await assert.rejects(Deno.stat(cover), Deno.errors.NotFound);
  assert.equal((await test.call("GET", "list")).body.total, 1);
});

Deno.test("what cannot be restored is refused with its own status, and nothing changes", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const { body: partial } = await test.call("POST", "create", { json: { includes: ["database"] } });
  const absent = "backup_20200101_000000";
  const cases: [string, unknown, number, string][] = [
    ["restore", { backup_id: absent }, 404, "backup.not_found"],
    ["restore", { backup_id: "../x" }, 404, "backup.not_found"],
    ["restore/preview", { backup_id: absent }, 404, "backup.not_found"],
    ["restore", {}, 422, "request.invalid"],
    ["restore", { backup_id: 5 }, 422, "request.invalid"],
    ["restore", { backup_id: id, covers_mode: "merge" }, 422, "request.invalid"],
    ["restore", { backup_id: id, create_snapshot: "no" }, 422, "request.invalid"],
    ["restore", { backup_id: partial.backup_id, includes: ["covers"] }, 422, "backup.part_missing"],
    ["restore", { backup_id: id, includes: ["extra"] }, 422, "backup.part_missing"],
    ["restore", { backup_id: id, includes: ["extras"] }, 422, "request.invalid"],
    ["restore/undo", {}, 409, "restore.nothing_to_undo"],
    ["restore/resolve", { action: "resume" }, 409, "restore.not_pending"],
    ["restore/resolve", { action: "give up" }, 422, "request.invalid"],
    ["drill", { backup_id: absent }, 404, "backup.not_found"],
  ];
  for (const [path, json, status, code] of cases) {
    const { status: found, body } = await test.call("POST", path, { json });
    assert.equal(body.code, code, `${path} ${JSON.stringify(json)} ${JSON.stringify(body)}`);
    assert.equal(found, status, code);
  }
  assert.equal((await test.call("GET", "list")).body.total, 2);
  assert.equal((await test.call("GET", "restore/status")).body.pending, false);
});

Deno.test("restoring a damaged backup is 400 and says that validation failed", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const path = join(test.library.config.backup.path, `${id}.zip`);
  const zip = await Deno.readFile(path);
  zip.fill(0x55, 3000, 3100);
  await Deno.writeFile(path, zip);

  const { status, body } = await test.call("POST", "restore", { json: { backup_id: id } });

  assert.equal(status, 400, JSON.stringify(body));
  assert.equal(body.code, "restore.invalid_backup");
  assert.match(body.detail, /^备份验证失败: /);
});

Deno.test("a restore's own token sees that restore, undoes it, and opens nothing else", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const { body: restored } = await test.call("POST", "restore", {
    json: { backup_id: id, includes: ["database"] },
  });
  const { body: jobs } = await test.call("GET", "jobs");
  const restore = jobs.jobs.find((job: { kind: string }) => job.kind === "restore");
  const create = jobs.jobs.find((job: { kind: string }) => job.kind === "create");
  const as = { token: restored.restore_token };

  assert.equal((await test.call("GET", `jobs/${restore.job_id}`, { as })).status, 200);
  assert.equal((await test.call("GET", `jobs/${restore.job_id}/events`, { as })).status, 200);
  const closed: [string, string][] = [
    ["GET", "list"],
    ["GET", "jobs"],
    ["GET", `jobs/${create.job_id}`],
    ["GET", `download/${id}`],
    ["POST", "create"],
    ["DELETE", id],
    ["POST", `jobs/${restore.job_id}/cancel`],
  ];
  for (const [method, path] of closed) {
    assert.equal((await test.call(method, path, { as })).status, 403, `${method} ${path}`);
  }
  const undo = await test.call("POST", "restore/undo?wait=false", { json: {}, as });
  assert.equal(undo.status, 202, JSON.stringify(undo.body));
  const events = await test.call("GET", `jobs/${undo.body.job_id}/events`, { as });
  assert.match(events.body, /event: end\ndata: .*"state":"done"/);

  const late = await test.call("POST", "restore/undo", { json: {}, as });
  assert.equal(late.status, 409, JSON.stringify(late.body));
  assert.equal(late.body.code, "restore.nothing_to_undo");
});

Deno.test("POST drill restores beside the library and touches nothing", async () => {
  const { test, id } = await withBackup();
  await using _ = test;

  const { status, body } = await test.call("POST", "drill", { json: { backup_id: id } });

  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.result, "passed");
  assert.equal(body.outcomes[0].backup_id, id);
  assert.equal((await test.call("GET", "stats")).body.last_drill.result, "passed");
});

Deno.test("POST restore?wait=false answers at once with a token that outlives the restored users", async () => {
  const { test, id } = await withBackup();
  await using _ = test;

  const { status, body } = await test.call("POST", "restore?wait=false", {
    json: { backup_id: id },
  });

  assert.equal(status, 202);
  const as = { token: body.restore_token };
  const job = await test.call("GET", `jobs/${body.job_id}`, { as });
  assert.equal(job.status, 200);
  const events = await test.call("GET", `jobs/${body.job_id}/events`, { as });
  assert.match(events.body, /event: end/);
});

Deno.test("POST restore and its undo tell how they ended although no token can be made", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const { app, log } = test;
  const server = createServer({
    ...app,
    manager: app.manager,
    auth: {
      authenticate: (...asked) => app.auth.authenticate(...asked),
      signIn: (...asked) => app.auth.signIn(...asked),
      issueRestoreToken: () => Promise.reject(new AppError("storage.permission", { path: "x" })),
    },
    tickets: { issue: () => ({ ticket: "t", expiresIn: 60 }), redeem: () => {} },
    version: "0.0.0",
    readiness: () => ({ ready: true, reason: null }),
    askReadiness: () => Promise.resolve({ ready: true, reason: null }),
  });
  const headers = {
    Authorization: `Bearer ${await libraryToken({ sub: "admin" })}`,
    "Content-Type": "application/json",
  };
  const post = async (path: string, json: object) => {
    const url = `http://x/api/admin/backup/${path}`;
    const request = new Request(url, { method: "POST", headers, body: JSON.stringify(json) });
    const response = await server.fetch(request, {});
    return { status: response.status, body: await response.json() };
  };

  const restored = await post("restore", { backup_id: id });
  const undone = await post("restore/undo?wait=false", {});

  assert.equal(restored.status, 200, JSON.stringify(restored.body));
  assert.equal(restored.body.success, true);
  assert.equal(undone.status, 202, JSON.stringify(undone.body));
  assert.deepEqual(Object.keys(undone.body), ["job_id"]);
  assert.equal(log.lines.filter((line) => line.includes("令牌")).length, 2);
  await test.send("GET", `jobs/${undone.body.job_id}/events`).then((events) => events.text());
});

Deno.test("while a restore is being completed, reading goes on and changes and downloads are 503", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  const { app } = test;
  let ready = false;
  const readiness = () => ({ ready, reason: ready ? null : { zh: "封面", en: "covers" } });
  const server = createServer({
    ...app,
    manager: app.manager,
    tickets: { issue: () => ({ ticket: "t", expiresIn: 60 }), redeem: () => {} },
    version: "0.0.0",
    readiness,
    askReadiness: () => Promise.resolve(readiness()),
  });
  const token = await libraryToken({ sub: "admin" });
  const ask = async (method: string, path: string) => {
    const response = await server.fetch(
      new Request(`http://x${path.startsWith("/") ? path : `/api/admin/backup/${path}`}`, {
        method,
        headers: { Authorization: `Bearer ${token}` },
      }),
      {},
    );
    await response.body?.cancel();
    return response;
  };
  const open = ["/", "/api/health", "list", "stats", "jobs", id, "scheduler/status", "audit"];
  for (const path of open) {
    assert.equal((await ask("GET", path)).status, path === "/api/health" ? 503 : 200, path);
  }
  const shut: [string, string][] = [
    ["POST", "create"],
    ["POST", "restore"],
    ["DELETE", id],
    ["PATCH", id],
    ["GET", `download/${id}`],
    ["HEAD", `download/${id}`],
    ["POST", "upload"],
    ["POST", "scheduler/enable"],
  ];
  for (const [method, path] of shut) {
    const response = await ask(method, path);
    assert.equal(response.status, 503, `${method} ${path}`);
    assert.ok(Number(response.headers.get("Retry-After")) > 0, path);
  }
  assert.notEqual((await ask("POST", "restore/resolve")).status, 503);
  assert.equal((await ask("POST", "jobs/none/cancel")).status, 404);

  ready = true;
  assert.equal((await ask("GET", "/api/health")).status, 200);
  assert.equal((await ask("GET", `download/${id}`)).status, 200);
});
