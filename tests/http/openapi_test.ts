import assert from "node:assert/strict";
import { join } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import openapiTS, { astToString } from "openapi-typescript";
import { BASE, openTestApp, type TestApp } from "../helpers/test_app.ts";
import { freePort, onLibrary, startProgram, until } from "../helpers/program.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { TEST_PASSWORD, testLibrary } from "../helpers/test_library.ts";

const PROJECT = join(import.meta.dirname ?? ".", "..", "..");
const CLIENT = join(PROJECT, "tests", "fixtures", "openapi_client.ts.txt");

// deno-lint-ignore no-explicit-any -- a document of any shape
type Json = any;

async function readDocument(test: TestApp): Promise<Json> {
  return (await test.call("GET", "/openapi.json", { as: "nobody" })).body;
}

Deno.test("openapi.json: Redocly's linter finds no error", async () => {
  await using test = await openTestApp();
  const config = await createConfig({ extends: ["recommended"] });

  const problems = await lintFromString({
    source: JSON.stringify(await readDocument(test)),
    config,
  });

  const errors = problems.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(({ ruleId, message }) => `${ruleId}: ${message}`), []);
});

Deno.test("openapi.json and /docs are in the reader's language, and the same but for what is said to people", async () => {
  await using test = await openTestApp();
  const read = async (path: string, language: string | null) => {
    const headers = language === null ? {} : { "Accept-Language": language };
    const { body, headers: answered } = await test.call("GET", path, { as: "nobody", headers });
    assert.equal(answered.get("Vary"), "Accept-Language");
    return body;
  };
  const chinese = await read("/openapi.json", null);
  const english = await read("/openapi.json", "en-GB,en;q=0.9");
  const silent = (document: unknown) =>
    JSON.parse(
      JSON.stringify(document, (key, value) =>
        /^(?:summary|description|title)$/.test(key) && typeof value === "string" ? "" : value),
    );

  assert.deepEqual(silent(english), silent(chinese));
  // What the scheduler answers is data.
  const said = JSON.stringify(english).replaceAll(/"(?:未运行|成功|失败)"/g, "");
  assert.deepEqual(said.match(/[^"]*\p{Script=Han}[^"]*/gu) ?? [], []);
  assert.equal(chinese.paths["/api/health"].get.summary, "健康检查，无需令牌");
  const page = await read("/docs", "en");
  assert.match(page, /<html lang="en">/);
  assert.doesNotMatch(page.replaceAll(/未运行|成功|失败/g, ""), /\p{Script=Han}/u);
  assert.match(await read("/docs", null), /<html lang="zh-CN">.*书库/s);
});

Deno.test("openapi.json: every operation has a name, a summary and the answers of what stands before it", async () => {
  await using test = await openTestApp();
  const document = await readDocument(test);
  const names = new Set<string>();
  for (const [path, item] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(item)) {
      const what = `${method} ${path}`;
      const { operationId, summary, responses, requestBody } = operation;
      assert.match(operationId ?? "", /^[a-z]+[A-Za-z]+$/, what);
      assert.ok(!names.has(operationId), `${what}: ${operationId} twice`);
      names.add(operationId);
      assert.ok(summary, what);
      if (!path.startsWith(BASE)) continue;
      for (const status of ["401", "403", "503"]) assert.ok(responses[status], `${what} ${status}`);
      if (requestBody?.content["application/json"] === undefined) continue;
      for (const status of ["413", "415", "422"]) assert.ok(responses[status], `${what} ${status}`);
    }
  }
  for (const path of ["/api/auth/token", `${BASE}/upload`]) {
    assert.ok(document.paths[path].post.requestBody, path);
  }
  assert.ok(document.paths[`${BASE}/upload/{file_name}`].put.requestBody);
});

Deno.test("openapi.json: what is answered is what is described, to the last field, errors too", async () => {
  await using test = await openTestApp();
  const document = await readDocument(test);
  const made = await test.call("POST", "create", { json: { description: "one" } });
  const id = made.body.backup_id;
  const requests: [string, string, string, Json?][] = [
    ["POST", "create", "create", {}],
    ["GET", "list", "list"],
    ["GET", id, "{backup_id}"],
    ["PATCH", id, "{backup_id}", { pinned: true }],
    ["GET", `validate/${id}`, "validate/{backup_id}"],
    ["POST", "restore/preview", "restore/preview", { backup_id: id }],
    ["POST", "restore", "restore", { backup_id: id, includes: ["config"] }],
    ["GET", "restore/status", "restore/status"],
    ["POST", "restore/resolve", "restore/resolve", { action: "resume" }],
    ["POST", "restore/undo", "restore/undo"],
    ["POST", "drill", "drill", {}],
    ["GET", "retention/preview", "retention/preview"],
    ["GET", "stats", "stats"],
    ["GET", "jobs", "jobs"],
    ["GET", "jobs/none", "jobs/{job_id}"],
    ["GET", "audit", "audit"],
    ["GET", "webdav", "webdav"],
    ["GET", "scheduler/status", "scheduler/status"],
    ["POST", "scheduler/enable", "scheduler/enable"],
    ["PUT", "scheduler/schedule", "scheduler/schedule", { schedule: "0 3 * * *" }],
    ["PUT", "scheduler/schedule", "scheduler/schedule", { schedule: "" }],
    ["GET", "scheduler/next?schedule=0+3+*+*+*", "scheduler/next"],
    ["POST", "scheduler/trigger", "scheduler/trigger"],
    ["POST", `download/${id}/ticket`, "download/{backup_id}/ticket"],
    ["DELETE", id, "{backup_id}"],
    ["PUT", "upload/x.zip", "upload/{file_name}"],
  ];
  for (const [method, path, template, json] of requests) {
    const what = `${method} ${path}`;
    const request = json === undefined ? {} : { json };
    const { status, body, headers } = await test.call(method, path, request);

    const described = document.paths[`${BASE}/${template}`][method.toLowerCase()].responses[status];
    assert.ok(described, `${what}: ${status} is not described: ${JSON.stringify(body)}`);
    const [type = ""] = (headers.get("Content-Type") ?? "").split(";");
    assert.ok(described.content[type], `${what}: ${type} is not described`);
    assertDescribed(body, described.content[type].schema, document, what);
  }
});

/** Fails for a field that the schema does not name, or lacks though it is required. */
function assertDescribed(value: Json, schema: Json, document: Json, at: string): void {
  const resolved = resolve(schema, document);
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    value.forEach((item, index) =>
      assertDescribed(item, resolved.items, document, `${at}[${index}]`)
    );
    return;
  }
  const { properties = {}, required = [], additionalProperties } = resolved;
  for (const name of required) assert.ok(name in value, `${at}.${name} is missing`);
  for (const [name, inner] of Object.entries(value)) {
    if (properties[name] !== undefined) {
      assertDescribed(inner, properties[name], document, `${at}.${name}`);
    } else {
      assert.ok(additionalProperties, `${at}.${name} is not described`);
    }
  }
}

/** Follows references, joins `allOf`, and takes what is not `null` of a choice. */
function resolve(schema: Json, document: Json): Json {
  if (schema.$ref !== undefined) {
    return resolve(document.components.schemas[schema.$ref.split("/").at(-1)], document);
  }
  if (schema.allOf !== undefined) {
    const parts: Json[] = schema.allOf.map((part: Json) => resolve(part, document));
    return {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})),
      required: parts.flatMap(({ required }) => required ?? []),
    };
  }
  const choice = (schema.anyOf ?? schema.oneOf)?.find((option: Json) => option.type !== "null");
  return choice === undefined ? schema : resolve(choice, document);
}

Deno.test("a client generated by openapi-typescript signs in, creates, downloads, deletes and uploads", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  await using folder = await tempFolder();
  const port = freePort();
  const { argv, env } = onLibrary(library);
  await using server = startProgram(["serve", ...argv], {
    env: { ...env, BACKUP_PATH: "backups", SERVER_PORT: String(port) },
  });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => await fetch(`${url}/api/health`).then(drain, () => false));
  const document = await (await fetch(`${url}/openapi.json`)).json();
  await Deno.writeTextFile(join(folder.path, "api.d.ts"), astToString(await openapiTS(document)));
  const client = join(folder.path, "client.ts");
  await Deno.copyFile(CLIENT, client);

  const { stdout } = await run(Deno.execPath(), [
    ...["run", "--check", "--quiet", "--config", join(PROJECT, "deno.json"), "--allow-net"],
    ...[client, url, "admin", TEST_PASSWORD],
  ]);

  const { backup_id, bytes, ids } = JSON.parse(stdout);
  assert.ok(bytes > 0);
  assert.deepEqual(ids, [`${backup_id} uploaded`, "backup_20200101_000000 uploaded"]);
  server.signal("SIGTERM");
  assert.equal(await server.exitCode, 0, await server.stderr);
});

async function drain(answer: Response): Promise<boolean> {
  await answer.body?.cancel();
  return answer.ok;
}
