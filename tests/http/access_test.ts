import assert from "node:assert/strict";
import { BASE, libraryToken, openTestApp } from "../helpers/test_app.ts";
import { TEST_PASSWORD } from "../helpers/test_library.ts";

const ID = "backup_20260101_000000";

/** Every address under the base, as the contract has it. */
const ENDPOINTS: readonly (readonly [string, string])[] = [
  ["POST", "create"],
  ["GET", "list"],
  ["GET", `download/${ID}`],
  ["HEAD", `download/${ID}`],
  ["POST", `download/${ID}/ticket`],
  ["GET", ID],
  ["PATCH", ID],
  ["DELETE", ID],
  ["POST", "restore"],
  ["POST", "restore/preview"],
  ["POST", "restore/undo"],
  ["POST", "restore/resolve"],
  ["GET", "restore/status"],
  ["GET", `validate/${ID}`],
  ["GET", "stats"],
  ["GET", "scheduler/status"],
  ["GET", "scheduler/next?schedule=0+2+*+*+*"],
  ["POST", "scheduler/trigger"],
  ["POST", "scheduler/enable"],
  ["POST", "scheduler/disable"],
  ["PUT", "scheduler/schedule"],
  ["POST", "upload"],
  ["PUT", "upload/x.zip"],
  ["POST", "drill"],
  ["GET", "retention/preview"],
  ["GET", "jobs"],
  ["GET", "jobs/x"],
  ["GET", "jobs/x/events"],
  ["POST", "jobs/x/cancel"],
  ["GET", "audit"],
  ["GET", "webdav"],
  ["PUT", "webdav"],
  ["GET", "no-such-thing"],
];

function assertSafeHeaders(headers: Headers, name: string): void {
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff", name);
  assert.equal(headers.get("Referrer-Policy"), "no-referrer", name);
  assert.match(headers.get("Content-Security-Policy") ?? "", /frame-ancestors 'none'/, name);
  assert.equal(headers.get("Set-Cookie"), null, name);
  assert.equal(headers.get("Access-Control-Allow-Origin"), null, name);
}

Deno.test("every endpoint refuses strangers with 401 and users with 403, before reading a body", async () => {
  await using test = await openTestApp();

  for (const [method, path] of ENDPOINTS) {
    for (const [caller, status] of [["nobody", 401], ["reader", 403]] as const) {
      let isRead = false;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          isRead = true;
          controller.close();
        },
      }, { highWaterMark: 0 });
      const name = `${method} ${path} as ${caller}`;

      const answer = await test.call(method, path, {
        as: caller,
        headers: { "Origin": "https://evil.test" },
        ...method === "GET" || method === "HEAD" ? {} : { body },
      });

      assert.equal(answer.status, status, name);
      assert.equal(isRead, false, name);
      assert.equal(answer.headers.get("WWW-Authenticate"), status === 401 ? "Bearer" : null, name);
      assert.match(answer.headers.get("Cache-Control") ?? "", /no-store/, name);
      assertSafeHeaders(answer.headers, name);
      if (method === "HEAD") continue;
      const detail = status === 401 ? "无法验证凭据" : "需要管理员权限";
      assert.equal(answer.body.detail, detail, name);
    }
  }
});

Deno.test("tokens are judged by signature, algorithm, expiry and type", async (t) => {
  await using test = await openTestApp();
  const none = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"admin","exp":9999999999}')}.`;
  const cases: [string, string, number][] = [
    ["sub of an admin", await libraryToken({ sub: "admin" }), 200],
    ["id of an admin", await libraryToken({ sub: "1" }), 401],
    ["a number as sub", await libraryToken({ sub: 1 }), 401],
    ["a number as sub beside role: admin", await libraryToken({ sub: 1, role: "admin" }), 401],
    ["role: admin", await libraryToken({ sub: "x", role: "admin" }), 200],
    ["is_admin: true", await libraryToken({ sub: "x", is_admin: true }), 200],
    ["typ: access", await libraryToken({ sub: "admin", typ: "access" }), 200],
    ["a share link", await libraryToken({ sub: "admin", typ: "share" }), 401],
    ["a user who is no admin", await libraryToken({ sub: "reader" }), 403],
    ["nobody's sub", await libraryToken({ sub: "ghost" }), 401],
    ['is_admin: "true"', await libraryToken({ sub: "reader", is_admin: "true" }), 403],
    ["another key", await libraryToken({ sub: "admin" }, { key: "k".repeat(40) }), 401],
    ["another algorithm", await libraryToken({ sub: "admin" }, { algorithm: "HS384" }), 401],
    ["expired", await libraryToken({ sub: "admin" }, { expires: "-1m" }), 401],
    ["without expiry", await libraryToken({ sub: "admin" }, { expires: null }), 401],
    ["alg: none", none, 401],
    ["nonsense", "nonsense", 401],
    ["our own subject", await libraryToken({ sub: "shuku-backup:admin" }), 401],
  ];
  for (const [name, token, status] of cases) {
    await t.step(name, async () => {
      assert.equal((await test.call("GET", "list", { as: { token } })).status, status);
    });
  }
  assert.ok(!test.log.lines.some((line) => line.includes(cases[0]?.[1] ?? "?")));
});

Deno.test("?token= opens a download and nothing else, and never reaches the log", async () => {
  await using test = await openTestApp();
  const { body: made } = await test.call("POST", "create", { json: {} });
  const token = await libraryToken({ sub: "admin" });
  const path = `download/${made.backup_id}?token=${token}`;
  const statusOf = async (method: string, path: string) => {
    const response = await test.send(method, path, { as: "nobody" });
    await response.body?.cancel();
    return response.status;
  };

  assert.equal(await statusOf("GET", path), 200);
  assert.equal(await statusOf("HEAD", path), 200);
  for (
    const [method, other] of [
      ["POST", path],
      ["POST", `download/${made.backup_id}/ticket?token=${token}`],
      ["GET", `list?token=${token}`],
      ["DELETE", `${made.backup_id}?token=${token}`],
    ] as const
  ) assert.equal(await statusOf(method, other), 401, `${method} ${other.slice(0, 40)}`);
  assert.ok(!test.log.lines.some((line) => line.includes(token) || line.includes("?token")));
});

Deno.test("library_tokens: read lets look and not change", async () => {
  await using limited = await openTestApp({
    configure: (config) => ({ ...config, auth: { ...config.auth, libraryTokens: "read" } }),
  });

  assert.equal((await limited.call("GET", "list")).status, 200);
  const refused = await limited.call("POST", "create", { json: {} });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.code, "auth.read_only");
});

Deno.test("an unreadable users table is 503 for the library's tokens, never 401", async () => {
  await using test = await openTestApp();
  const { body: signed } = await signIn(test, TEST_PASSWORD);
  await Deno.writeTextFile(test.library.config.database.path, "not a database, not at all");

  const answer = await test.call("GET", "list");

  assert.equal(answer.status, 503);
  assert.equal(answer.body.code, "auth.library_unavailable");
  assert.ok(Number(answer.headers.get("Retry-After")) > 0);
  const own = await test.call("GET", "list", { as: { token: signed.access_token } });
  assert.equal(own.status, 200);
});

function signIn(
  test: Awaited<ReturnType<typeof openTestApp>>,
  password: string,
  forwarded?: string,
) {
  return test.call("POST", "/api/auth/token", {
    as: "nobody",
    body: new URLSearchParams({ grant_type: "password", username: "admin", password }),
    headers: forwarded === undefined ? {} : { "X-Forwarded-For": forwarded },
  });
}

Deno.test("signing in answers as OAuth2's password form does, and its token opens the API", async () => {
  await using test = await openTestApp();

  const { status, body, headers } = await signIn(test, TEST_PASSWORD);

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ["access_token", "token_type"]);
  assert.equal(body.token_type, "bearer");
  assert.match(headers.get("Cache-Control") ?? "", /no-store/);
  assert.equal((await test.call("GET", "list", { as: { token: body.access_token } })).status, 200);
  const logged = test.log.lines.join("\n");
  assert.ok(!logged.includes(TEST_PASSWORD) && !logged.includes(body.access_token));
  const { body: audit } = await test.call("GET", "audit");
  assert.ok(
    audit.audit.some((row: { action: string; result: string }) =>
      row.action === "sign_in" && row.result === "ok"
    ),
  );
});

Deno.test("failed sign-ins slow down, whatever X-Forwarded-For claims, and lock nobody out", async () => {
  await using test = await openTestApp();
  const statuses: number[] = [];
  let last = await signIn(test, "wrong password", "10.0.0.1");
  for (let i = 2; i < 14 && last.status !== 429; i += 1) {
    statuses.push(last.status);
    last = await signIn(test, "wrong password", `10.0.0.${i}`);
  }

  assert.equal(last.status, 429, `after ${statuses.join()}`);
  assert.ok(Number(last.headers.get("Retry-After")) > 0);
  assert.equal(typeof last.body.retry_after, "number");
  assert.equal(statuses[0], 401);
});

Deno.test("a sign-in form of the wrong shape is 422, an oversized one 413", async () => {
  await using test = await openTestApp();
  const post = (body: BodyInit) => test.call("POST", "/api/auth/token", { as: "nobody", body });

  const empty = await post("");
  assert.equal(empty.status, 422);
  assert.deepEqual(empty.body.errors.map((e: { path: string }) => e.path), [
    "username",
    "password",
  ]);
  assert.equal((await post(`username=${"x".repeat(20_000)}`)).status, 413);
});

Deno.test("paths that are not there are 404, wrong methods 405 with Allow, both with safe headers", async () => {
  await using test = await openTestApp();
  const cases: [string, string, number, string | null][] = [
    ["GET", "/nothing", 404, null],
    ["GET", "/ui/../../deno.json", 404, null],
    ["PUT", `${BASE}/list`, 405, "GET, HEAD"],
    ["GET", `${BASE}/create`, 404, null],
    ["GET", "/api/auth/token", 405, "POST"],
    ["POST", `${BASE}/scheduler/status`, 405, "GET, HEAD"],
    ["OPTIONS", `${BASE}/list`, 405, "GET, HEAD"],
  ];
  for (const [method, path, status, allow] of cases) {
    const answer = await test.call(method, path);
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.equal(answer.headers.get("Allow"), allow, `${method} ${path}`);
    assertSafeHeaders(answer.headers, path);
  }
});
