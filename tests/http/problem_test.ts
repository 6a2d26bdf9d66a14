import assert from "node:assert/strict";
import { AppError, ERROR_CODES } from "../../src/base/errors.ts";
import { problemResponse, STATUSES } from "../../src/http/problem.ts";
import { recordingLog } from "../helpers/recording_log.ts";

const log = recordingLog();
const options = { language: "zh", log, request: "GET /x" } as const;

Deno.test("problemResponse() answers every code with its status, a sentence and the headers it owes", async () => {
  for (const code of ERROR_CODES) {
    const response = problemResponse(new AppError(code, { allowed: ["GET"], size: 5 }), options);
    const body = await response.json();

    assert.equal(response.status, STATUSES[code]);
    assert.equal(body.code, code);
    assert.equal(typeof body.detail, "string");
    const { status, headers } = response;
    assert.equal(headers.get("WWW-Authenticate"), status === 401 ? "Bearer" : null);
    assert.equal(headers.has("Retry-After"), status === 429 || status === 503, code);
    assert.equal(headers.get("Allow"), status === 405 ? "GET" : null);
    assert.equal(headers.get("Content-Range"), status === 416 ? "bytes */5" : null);
  }
});

Deno.test("problemResponse() tells nothing of an unexpected error and logs it", async () => {
  const error = new TypeError("SELECT password FROM users; /secret/path");

  const response = problemResponse(error, options);

  assert.equal(response.status, 500);
  assert.deepEqual(await response.json(), { detail: "内部错误，请查看日志", code: "internal" });
  assert.ok(log.lines.some((line) => line.includes("SELECT password")));
});

Deno.test("problemResponse() keeps the sentence of a failed job and the status of its full disk", async () => {
  const facts = {
    volume: "/data",
    needed_bytes: 10,
    free_bytes: 5,
    deletable: [{ backup_id: "x" }],
  };
  const reason = new AppError("space.insufficient", facts);

  const response = problemResponse(new AppError("backup.create_failed", { reason }), options);
  const body = await response.json();

  assert.equal(response.status, 507);
  assert.match(body.detail, /^创建备份失败: 磁盘空间不足/);
  const { volume, needed_bytes, free_bytes, deletable } = body;
  assert.deepEqual({ volume, needed_bytes, free_bytes, deletable }, facts);
  assert.equal(body.reason.code, "space.insufficient");
});

Deno.test("problemResponse() speaks English when asked and lets no detail take the place of the sentence", async () => {
  const error = new AppError("backup.not_found", { detail: "mine", code: "mine", backup_id: "b" });

  const body = await problemResponse(error, { ...options, language: "en" }).json();

  assert.deepEqual(body, {
    detail: "There is no such backup",
    code: "backup.not_found",
    backup_id: "b",
  });
});

Deno.test("problemResponse() names the snapshot to roll back to", async () => {
  const reason = new AppError("database.busy", { path: "/d", waited_seconds: 10 });
  const error = new AppError("restore.failed", { reason, snapshot_id: "backup_20260115_230500" });

  const response = problemResponse(error, options);
  const body = await response.json();

  assert.equal(response.status, 500);
  assert.equal(body.snapshot_id, "backup_20260115_230500");
  assert.ok(body.detail.endsWith("，可以使用快照回滚: backup_20260115_230500"), body.detail);
});

Deno.test("problemResponse() tells the sentences inside its details in the reader's language", async () => {
  const expected = { zh: "一个路径", en: "a path" };
  const error = new AppError("config.invalid", { mistakes: [{ path: "directories", expected }] });

  const zh = await problemResponse(error, options).json();
  const en = await problemResponse(error, { ...options, language: "en" }).json();

  assert.equal(zh.mistakes[0].expected, "一个路径");
  assert.equal(en.mistakes[0].expected, "a path");
});
