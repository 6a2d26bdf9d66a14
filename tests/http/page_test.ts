import assert from "node:assert/strict";
import { createServer } from "../../src/http/server.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { BASE, openTestApp } from "../helpers/test_app.ts";

Deno.test("GET / is the page, whole from this origin and never framed", async () => {
  await using test = await openTestApp();

  const { status, body, headers } = await test.call("GET", "/", { as: "nobody" });

  assert.equal(status, 200);
  assert.equal(headers.get("Content-Type"), "text/html; charset=utf-8");
  const policy = headers.get("Content-Security-Policy") ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), rule);
  }
  assert.ok(!policy.includes("unsafe") && !policy.includes("http"), policy);
  const inline = /<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/i;
  assert.doesNotMatch(body, inline);
  const sources = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? "");
  assert.ok(sources.length > 3);
  for (const url of sources) {
    assert.doesNotMatch(url, /^(?:\w+:)?\/\//);
    const file = await test.call("GET", `/${url}`, { as: "nobody" });
    assert.equal(file.status, 200, url);
    assert.match(file.headers.get("Cache-Control") ?? "", /no-cache/, url);
  }
});

Deno.test("files of the page have their types and answer 304 when nothing changed", async () => {
  await using test = await openTestApp();
  const cases: [string, RegExp][] = [
    ["/ui/app.js", /^text\/javascript/],
    ["/ui/icon.svg", /^image\/svg\+xml/],
    ["/ui/styles/base.css", /^text\/css/],
    ["/ui/vendor/preact.js", /^text\/javascript/],
    ["/ui/vendor/hooks.js", /^text\/javascript/],
    ["/ui/vendor/htm.js", /^text\/javascript/],
    ["/ui/vendor/uplot.js", /^text\/javascript/],
    ["/ui/vendor/uplot.css", /^text\/css/],
  ];
  for (const [path, type] of cases) {
    const first = await test.call("GET", path, { as: "nobody" });
    const etag = first.headers.get("ETag") ?? "";
    const again = await test.call("GET", path, {
      as: "nobody",
      headers: { "If-None-Match": etag },
    });
    const head = await test.call("HEAD", path, { as: "nobody" });

    assert.equal(first.status, 200, path);
    assert.match(first.headers.get("Content-Type") ?? "", type, path);
    assert.ok(first.body.length > 0, path);
    assert.equal(again.status, 304, path);
    assert.equal(again.body, "", path);
    assert.equal(head.status, 200, path);
  }
});

Deno.test("text of the page is compressed for those who take it, with a validator of its own", async () => {
  await using test = await openTestApp();
  const get = (headers: Record<string, string>) =>
    test.send("GET", "/ui/app.js", { as: "nobody", headers });
  const plain = await get({});
  const small = await get({ "Accept-Encoding": "gzip, br" });
  const etag = small.headers.get("ETag") ?? "";
  const again = await get({ "Accept-Encoding": "gzip", "If-None-Match": etag });

  assert.equal(plain.headers.get("Content-Encoding"), null);
  assert.equal(small.headers.get("Content-Encoding"), "gzip");
  assert.notEqual(plain.headers.get("ETag"), etag);
  assert.equal(again.status, 304);
  for (const answer of [plain, small, again]) {
    assert.equal(answer.headers.get("Vary"), "Accept-Encoding");
  }
  const unpacked = small.body?.pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(unpacked).text(), await plain.text());
});

Deno.test("the page's first load is under 100 kB compressed", async () => {
  await using test = await openTestApp();
  const seen = new Set<string>();
  const load = async (path: string): Promise<number> => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const answer = await test.send("GET", path, {
      as: "nobody",
      headers: { "Accept-Encoding": "gzip" },
    });
    assert.equal(answer.status, 200, path);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const text = await new Response(stream).text();
    const found = path === "/"
      ? /(?:src|href)="([^"]+)"/g
      : /^(?:import|export|\} from)\b[^"';]*"(\.[^"]+)"/gm;
    const next = /\.(?:js|html)$|^\/$/.test(path)
      ? [...text.matchAll(found)].map(([, url]) => new URL(url ?? "", `http://x${path}`).pathname)
      : [];
    let size = bytes.length;
    for (const url of next) size += await load(url);
    return size;
  };

  const size = await load("/");

  assert.ok(seen.size > 20, `${seen.size} files`);
  assert.ok(size < 100_000, `${size} bytes in ${seen.size} files`);
});

Deno.test("nothing but the page's own files is served", async () => {
  await using test = await openTestApp();
  const paths = [
    "/ui/",
    "/ui/vendor.ts",
    "/ui/vendor/",
    "/ui/vendor/__proto__",
    "/ui/vendor/constructor",
    "/ui/views",
    "/ui/absent.js",
    "/ui/..%2fapp.ts",
    "/ui/%2e%2e/app.ts",
    "/ui/..%5capp.ts",
    "/ui/.hidden.js",
    "/ui//etc/passwd",
    "/ui/a%00.js",
    "/deno.json",
    "/src/app.ts",
  ];
  for (const path of paths) {
    assert.equal((await test.call("GET", path, { as: "nobody" })).status, 404, path);
  }
});

Deno.test("GET /openapi.json describes every endpoint of the contract, and GET /docs shows it without scripts", async () => {
  await using test = await openTestApp();

  const { body: api } = await test.call("GET", "/openapi.json", { as: "nobody" });
  const { body: docs, headers } = await test.call("GET", "/docs", { as: "nobody" });

  const wanted = [
    "post /create",
    "get /list",
    "get /download/{backup_id}",
    "post /download/{backup_id}/ticket",
    "delete /{backup_id}",
    "patch /{backup_id}",
    "post /restore",
    "post /restore/preview",
    "post /restore/undo",
    "post /restore/resolve",
    "get /validate/{backup_id}",
    "get /stats",
    "get /scheduler/status",
    "post /scheduler/trigger",
    "post /scheduler/enable",
    "post /scheduler/disable",
    "put /scheduler/schedule",
    "post /upload",
    "put /upload/{file_name}",
    "post /drill",
    "get /retention/preview",
    "get /jobs",
    "get /jobs/{job_id}",
    "get /jobs/{job_id}/events",
    "post /jobs/{job_id}/cancel",
    "get /audit",
    "get /webdav",
    "put /webdav",
  ];
  assert.equal(api.openapi, "3.1.0");
  for (const line of wanted) {
    const [method = "", path = ""] = line.split(" ");
    const operation = api.paths[`${BASE}${path}`]?.[method];
    assert.ok(operation?.summary, line);
    assert.ok(docs.includes(`${BASE}${path}`), line);
  }
  for (const path of ["/api/auth/token", "/api/health"]) assert.ok(api.paths[path], path);
  assert.doesNotMatch(docs, /<script|style=|https?:\/\//i);
  assert.match(headers.get("Content-Type") ?? "", /^text\/html/);
  const style = await test.call("GET", "/docs/style.css", { as: "nobody" });
  assert.match(style.headers.get("Content-Type") ?? "", /^text\/css/);
});

Deno.test("GET /api/health answers anyone, and tells the age of the newest backup", async () => {
  await using test = await openTestApp();

  const before = await test.call("GET", "/api/health", { as: "nobody" });
  await test.call("POST", "create", { json: {} });
  const after = await test.call("GET", "/api/health", { as: "nobody" });

  assert.equal(before.status, 200);
  assert.equal(before.body.status, "ok");
  assert.match(before.body.version, /^\d+\.\d+\.\d+/);
  assert.equal(before.body.last_backup_age_seconds, null);
  assert.equal(typeof after.body.last_backup_age_seconds, "number");
  assert.ok(!JSON.stringify(after.body).includes(test.library.root));
});

Deno.test("GET /api/health answers although the disk does not", async () => {
  await using test = await openTestApp();
  const { app } = test;
  const server = createServer({
    ...app,
    manager: Object.assign(Object.create(app.manager), { list: () => new Promise(() => {}) }),
    tickets: { issue: () => ({ ticket: "t", expiresIn: 60 }), redeem: () => {} },
    version: "1.2.3",
    readiness: () => ({ ready: true, reason: null }),
    askReadiness: () => Promise.resolve({ ready: true, reason: null }),
  });

  const response = await server.fetch(new Request("http://x/api/health"), {});

  assert.equal(response.status, 200);
  assert.equal((await response.json()).last_backup_age_seconds, null);
});

Deno.test("GET /api/health says so when nobody looks at the schedule", async () => {
  const clock = new FakeClock("2026-01-14T12:00:00Z");
  await using test = await openTestApp({ open: { clock }, env: { BACKUP_AUTO_ENABLED: "true" } });
  await test.app.scheduler.start();
  const health = async () => {
    const { status, body } = await test.call("GET", "/api/health", {
      as: "nobody",
      headers: { "Accept-Language": "en" },
    });
    return [status, body.status, body.reason];
  };

  const before = await health();
  clock.advance(17 * 60_000);

  assert.deepEqual(before, [200, "ok", null]);
  const [status, word, reason] = await health();
  assert.deepEqual([status, word], [200, "warning"]);
  assert.match(reason, /has not been looked at for 17 minutes/);
});

Deno.test("GET /metrics is for administrators and for this machine itself", async () => {
  await using test = await openTestApp();
  await test.call("POST", "create", { json: {} });
  const forwarded = { "X-Forwarded-For": "127.0.0.1" };
  const cases: [string, Parameters<typeof test.call>[2], number][] = [
    ["a stranger", { as: "nobody" }, 401],
    ["a user", { as: "reader" }, 403],
    ["an admin", { as: "admin" }, 200],
    ["loopback", { as: "nobody", peer: "127.0.0.1" }, 200],
    ["loopback, IPv6", { as: "nobody", peer: "::1" }, 200],
    ["a proxy on this machine", { as: "nobody", peer: "127.0.0.1", headers: forwarded }, 401],
    ["a stranger who claims to be local", { as: "nobody", headers: forwarded }, 401],
  ];
  for (const [name, request, status] of cases) {
    assert.equal((await test.call("GET", "/metrics", request)).status, status, name);
  }

  const { body, headers } = await test.call("GET", "/metrics");
  assert.match(headers.get("Content-Type") ?? "", /^text\/plain; version=0\.0\.4/);
  assert.match(body, /^shuku_backup_backups 1$/m);
  assert.match(body, /^shuku_backup_last_success_timestamp_seconds \d{10}(\.\d+)?$/m);
  assert.match(body, /^shuku_backup_last_verified_timestamp_seconds \d{10}/m);
  assert.match(body, /^shuku_backup_free_bytes \d+$/m);
  assert.match(body, /^shuku_backup_job_running 0$/m);
  for (const line of body.trimEnd().split("\n")) {
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"\})? -?[\d.e+]+)$/);
  }
});
