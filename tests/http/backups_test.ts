import assert from "node:assert/strict";
import { join } from "node:path";
import { libraryToken, openTestApp, type TestApp } from "../helpers/test_app.ts";

const ABSENT = "backup_20200101_000000";

/** What never is an id, whatever a client thinks. */
const NO_IDS = [
  ABSENT,
  "backup_2020",
  "..%2F..%2Fetc%2Fpasswd",
  "%00",
  "backup_20200101_000000%0a",
  "backup_20200101_000000.zip",
  "BACKUP_20200101_000000",
  `backup_20200101_000000_${"9".repeat(300)}`,
];

async function withBackup(): Promise<{ test: TestApp; id: string }> {
  const test = await openTestApp();
  const { body } = await test.call("POST", "create", { json: { description: "每日自动备份" } });
  return { test, id: body.backup_id };
}

Deno.test("POST create answers what the requirements show", async () => {
  await using test = await openTestApp();

  const { status, body } = await test.call("POST", "create", {
    json: { includes: ["database", "covers"], description: "手动备份" },
  });

  assert.equal(status, 200);
  assert.equal(body.success, true);
  assert.match(body.backup_id, /^backup_\d{8}_\d{6}$/);
  assert.equal(body.file_path, join(test.library.config.backup.path, `${body.backup_id}.zip`));
  assert.equal(body.file_size, (await Deno.stat(body.file_path)).size);
  assert.match(body.checksum, /^[0-9a-f]{32}$/);
  assert.deepEqual(body.includes, ["database", "covers"]);
  assert.equal(body.description, "手动备份");
});

Deno.test("POST create takes what the library's page sends, and refuses wrong shapes by path", async () => {
  await using test = await openTestApp();
  const long = "字".repeat(1000);
  const good: unknown[] = [
    {},
    undefined,
    { includes: null, description: null },
    { includes: ["config", "config"], unknown_key: 1 },
    { description: long },
    { description: "𝔘".repeat(1000) },
  ];
  for (const json of good) {
    const { status } = await test.call("POST", "create", json === undefined ? {} : { json });
    assert.equal(status, 200, JSON.stringify(json)?.slice(0, 60));
  }

  const wrong: [unknown, string][] = [
    [{ includes: "database" }, "includes"],
    [{ includes: ["books"] }, "includes.0"],
    [{ includes: [] }, "includes"],
    [{ description: 5 }, "description"],
    [{ description: `${long}字` }, "description"],
    [[], ""],
    [5, ""],
    [null, ""],
  ];
  for (const [json, path] of wrong) {
    const { status, body } = await test.call("POST", "create", { json });
    assert.equal(status, 422, JSON.stringify(json)?.slice(0, 60));
    assert.equal(body.code, "request.invalid");
    assert.equal(body.errors[0].path, path);
    assert.equal(typeof body.errors[0].message, "string");
  }
});

Deno.test("bodies are read as JSON of bounded size, counted as they come", async () => {
  await using test = await openTestApp();
  const json = { "Content-Type": "application/json" };
  let sent = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    }, { highWaterMark: 0 });
  const cases: [string, number, BodyInit, Record<string, string>][] = [
    ["not JSON", 422, "{", json],
    ["not UTF-8", 422, new Uint8Array([0x7b, 0xff, 0x7d]), json],
    ["another type", 415, "a=b", { "Content-Type": "application/x-www-form-urlencoded" }],
    ["endless", 413, endless(), json],
    ["endless, lying about its length", 413, endless(), { ...json, "Content-Length": "2" }],
  ];
  for (const [name, status, body, headers] of cases) {
    const answer = await test.call("POST", "create", { body, headers });
    assert.equal(answer.status, status, name);
    assert.equal(typeof answer.body.code, "string");
  }
  assert.ok(sent <= 40, `${sent} chunks of 64 KiB were read`);
});

Deno.test("GET list and GET stats answer what the requirements show", async () => {
  await using test = await openTestApp();
  assert.deepEqual((await test.call("GET", "list")).body, { backups: [], total: 0 });
  assert.equal((await test.call("GET", "stats")).body.latest_backup, null);
  const { body: made } = await test.call("POST", "create", { json: { description: "d" } });

  const { body: list } = await test.call("GET", "list");
  const { body: stats } = await test.call("GET", "stats");

  assert.equal(list.total, 1);
  const [shown] = list.backups;
  assert.equal(shown.backup_id, made.backup_id);
  assert.equal(shown.file_name, `${made.backup_id}.zip`);
  assert.equal(shown.file_path, made.file_path);
  assert.equal(shown.file_size, made.file_size);
  assert.equal(shown.file_size_mb, Math.round(made.file_size / 1_048_576 * 100) / 100);
  assert.match(shown.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  assert.equal(shown.description, "d");
  assert.deepEqual(shown.includes, ["database", "covers", "config"]);
  assert.equal(shown.checksum, made.checksum);
  assert.equal(shown.kind, "manual");
  assert.equal(shown.state, "ok");
  assert.equal(shown.pinned, false);
  assert.equal(typeof shown.verified_at, "string");
  assert.equal(stats.total_backups, 1);
  assert.equal(stats.total_size, made.file_size);
  assert.equal(stats.backup_dir, test.library.config.backup.path);
  assert.equal(stats.retention_count, 7);
  assert.equal(stats.auto_backup_enabled, false);
  assert.deepEqual(stats.latest_backup, {
    backup_id: made.backup_id,
    created_at: shown.created_at,
    file_size_mb: shown.file_size_mb,
  });
  assert.equal(typeof stats.free_bytes, "number");
});

Deno.test("GET stats and every other way in tell of a database that is not where it should be", async () => {
  await using test = await openTestApp();
  const { path } = test.library.config.database;
  // Nobody can be looked up in a database that is not there.
  const as = { token: await libraryToken({ sub: "somebody", role: "admin" }) };
  const state = async (headers = {}) =>
    (await test.call("GET", "stats", { as, headers })).body.library.database;
  assert.deepEqual(await state(), { state: "ok", path, detail: null });

  await Deno.rename(path, path.replace("library.db", "sooklib.db"));
  const missing = await state();
  const { body: refused } = await test.call("POST", "create", { as, json: {} });
  await Deno.mkdir(path);
  const folder = await state({ "Accept-Language": "en" });

  assert.deepEqual([missing.state, missing.path], ["missing", path]);
  assert.match(missing.detail, /sooklib\.db，书库用的是它吗/);
  assert.match(refused.detail, /sooklib\.db，书库用的是它吗/);
  assert.equal(folder.state, "folder");
  assert.match(folder.detail, /mount the folder that holds the database$/);
});

Deno.test("what is no backup is 404 everywhere and never touches the disk", async () => {
  await using test = await openTestApp();
  const requests: [string, (id: string) => string][] = [
    ["GET", (id) => id],
    ["DELETE", (id) => id],
    ["GET", (id) => `validate/${id}`],
    ["GET", (id) => `download/${id}`],
    ["POST", (id) => `download/${id}/ticket`],
  ];
  for (const id of NO_IDS) {
    for (const [method, path] of requests) {
      const { status, body } = await test.call(method, path(id));
      assert.equal(status, 404, `${method} ${path(id)}`);
      assert.equal(body.detail, "备份文件不存在", `${method} ${path(id)}`);
    }
    const patched = await test.call("PATCH", id, { json: { pinned: true } });
    assert.equal(patched.status, 404, id);
  }
});

Deno.test("GET validate answers a good backup, and names the damage of a bad one with 200", async () => {
  const { test, id } = await withBackup();
  await using _ = test;

  const good = await test.call("GET", `validate/${id}`);
  const zip = await Deno.readFile(
    good.body.file_path ?? join(test.library.config.backup.path, `${id}.zip`),
  );
  zip.fill(0x55, 3000, 3100);
  await Deno.writeFile(join(test.library.config.backup.path, `${id}.zip`), zip);
  const bad = await test.call("GET", `validate/${id}`);

  assert.equal(good.status, 200);
  assert.equal(good.body.valid, true);
  assert.equal(good.body.backup_id, id);
  assert.deepEqual(good.body.includes, ["database", "covers", "config"]);
  assert.match(good.body.checksum, /^[0-9a-f]{32}$/);
  assert.equal(bad.status, 200);
  assert.equal(bad.body.valid, false);
  assert.equal(typeof bad.body.error, "string");
  assert.ok(bad.body.damaged.length > 0);
  const { body: list } = await test.call("GET", "list");
  assert.equal(list.backups[0].state, "damaged");
  assert.equal(typeof list.backups[0].error, "string");
});

Deno.test("PATCH pins and describes; a pinned backup is not deleted", async () => {
  const { test, id } = await withBackup();
  await using _ = test;

  const pinned = await test.call("PATCH", id, { json: { pinned: true, description: "新的" } });
  const refused = await test.call("DELETE", id);
  const described = await test.call("GET", id);
  await test.call("PATCH", id, { json: { pinned: false } });
  const removed = await test.call("DELETE", id);

  assert.equal(pinned.status, 200);
  assert.equal(pinned.body.pinned, true);
  assert.equal(refused.status, 409);
  assert.equal(refused.body.code, "backup.pinned");
  assert.equal(described.body.description, "新的");
  assert.ok(
    described.body.files.some((file: { path: string }) => file.path === "database/library.db"),
  );
  assert.deepEqual(removed.body, { message: "备份已删除", backup_id: id });
  assert.equal((await test.call("GET", "list")).body.total, 0);
  assert.equal((await test.call("DELETE", id)).status, 404);
});

Deno.test("GET retention/preview explains each backup", async () => {
  const { test, id } = await withBackup();
  await using _ = test;

  const zh = await test.call("GET", "retention/preview");
  const en = await test.call("GET", "retention/preview", { headers: { "Accept-Language": "en" } });

  const [row] = zh.body.backups;
  assert.equal(row.backup_id, id);
  assert.equal(row.action, "keep");
  assert.equal(typeof row.detail, "string");
  assert.notEqual(en.body.backups[0].detail, row.detail);
});

Deno.test("changes and downloads are in the audit: who, what, from where, with what result", async () => {
  const { test, id } = await withBackup();
  await using _ = test;
  await (await test.send("GET", `download/${id}`)).body?.cancel();
  await (await test.send("GET", `download/${id}`, { headers: { Range: "bytes=9-" } })).body
    ?.cancel();
  await test.call("DELETE", ABSENT);

  const { body } = await test.call("GET", "audit?limit=3");

  assert.deepEqual(
    body.audit.map(({ at: _at, ...row }: { at: string }) => row),
    [
      ["backup.delete", ABSENT, "refused", "backup.not_found"],
      ["backup.download", id, "ok", null],
      ["backup.create", id, "ok", null],
    ].map(([action, target, result, detail]) => ({
      actor: "admin",
      action,
      target,
      result,
      detail,
      peer: "192.168.7.7",
    })),
  );
  assert.equal((await test.call("GET", "audit?limit=x")).status, 422);
});

Deno.test("text from strangers is data: in answers, headers and log lines", async () => {
  const hostile = `<img src=x onerror=alert(1)>\u001b[31m\r\nSet-Cookie: a=b\u0000\u202e`;
  await using test = await openTestApp();

  const { body: made } = await test.call("POST", "create", { json: { description: hostile } });
  const { body: list, headers } = await test.call("GET", "list");
  await test.call("GET", `${encodeURIComponent(hostile)}`);
  await test.call("PUT", `upload/${encodeURIComponent(hostile)}`, { body: "no zip" });
  await test.call("POST", "/api/auth/token", {
    as: "nobody",
    body: new URLSearchParams({ username: hostile, password: "x" }),
  });

  assert.equal(made.description, hostile);
  assert.equal(list.backups[0].description, hostile);
  assert.match(headers.get("Content-Type") ?? "", /^application\/json/);
  assert.equal(headers.get("Set-Cookie"), null);
  // deno-lint-ignore no-control-regex -- these are the characters that must not be there
  const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/;
  for (const line of test.log.lines) assert.doesNotMatch(line, unsafe);
});

Deno.test("a slash at the end of a path changes nothing", async () => {
  await using test = await openTestApp();

  const plain = await test.call("GET", "list");
  const slashed = await test.call("GET", "list/");
  const stranger = await test.call("GET", "list/", { as: "nobody" });
  const wrongMethod = await test.call("PUT", "list/");

  assert.equal(slashed.status, 200);
  assert.deepEqual(slashed.body, plain.body);
  assert.equal(stranger.status, 401);
  assert.equal(wrongMethod.status, 405);
});
